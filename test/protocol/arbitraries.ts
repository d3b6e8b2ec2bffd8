import fc from 'fast-check'
import type { JsonObject, RequestPrimitive } from '../../protocol/primitive.ts'

/** Every fuzz test runs with a fixed seed and a bound in time: the same on every machine. */
export const fuzz = { seed: 2118, numRuns: 400, interruptAfterTimeLimit: 1500 } as const

/** Anything at all: what a parser of JSON values may be handed. */
export const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true })

/** Text that is often nearly right: pieces of identifiers and addresses, glued together. */
export const nearlyRight = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom('/', '//', 'sp.example', 'cse1', 'CAE1', 'SAE2', 'C', 'S', '~', '_', '#'),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
  fc
    .array(
      fc.constantFrom('?', '&', '=', '+', '%', '%2F', 'ty', 'lbl', 'a', '4', 'rt', '/', '\0'),
      {
        maxLength: 12,
      },
    )
    .map((pieces) => `/${pieces.join('')}`),
)

const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,12}$/)

/** JSON objects as content, without numbers that JSON cannot carry. */
export const content: fc.Arbitrary<JsonObject> = fc
  .dictionary(word, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)

/** Text parameters: printable ASCII without blanks at the ends. */
const text = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,18}[\x21-\x7e])?$/)

/** Requests with any mixture of parameters that HTTP can carry. */
export const requests: fc.Arbitrary<RequestPrimitive> = fc
  .record(
    {
      op: fc.constantFrom(1, 2, 3, 4, 5),
      to: fc.constantFrom('base/a', '-/b.c', '/cse2/base', '//sp.example/cse2/base/x', 'base#lbl'),
      rqi: text,
      fr: text,
      rvi: fc.constantFrom('1', '2a', '3'),
      ty: fc.integer({ min: 1, max: 66 }),
      pc: content,
      rqet: fc.constantFrom('20261122T130000', '5000'),
      ot: fc.constantFrom('20261122T130000,250'),
      rt: fc.constantFrom({ rtv: 3 }, { rtv: 2, nu: ['http://h/a b?x&y+z', '%'] }),
      rcn: fc.integer({ min: 0, max: 10 }),
      ec: fc.integer({ min: 0, max: 5 }),
      da: fc.boolean(),
      tkns: fc.array(text, { minLength: 1, maxLength: 3 }),
      fc: fc.constantFrom(
        { fu: 1, lbl: ['a+b', 'c d'], ty: [3, 4] },
        { crb: '20261122T130000', api: 'N*' },
      ),
    },
    { requiredKeys: ['op', 'to', 'rqi', 'ty'] },
  )
  .map(({ ty, ...rest }) => (rest.op === 1 ? { ...rest, ty } : rest) as RequestPrimitive)
