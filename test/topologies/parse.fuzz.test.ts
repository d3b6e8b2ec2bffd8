import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { parseTopology } from '../../topologies/parse.ts'
import { folder, planOf } from './examples.ts'

const words = [
  ...[
    'name',
    'nodes',
    'links',
    'security',
    'none',
    'kind',
    'adn',
    'mn',
    'in',
    'registrar',
    'a',
    'b',
  ],
  ...[
    'repeat',
    'chain',
    'per',
    'aes',
    'cse',
    '$x',
    `$\{y}`,
    '-',
    ':',
    '{',
    '}',
    '[',
    ']',
    ',',
    '*a',
  ],
  ...['&a', '"', "'", '|', '\n', '\n  ', '\n    ', ' ', '1', '0', '1e999', '__proto__', '\u0000'],
]
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'))

/** Never throws; says something useful, or comes back with a topology that can be planned. */
function mustHold(text: string): void {
  const parsed = parseTopology(text, 'fuzz.yaml')
  if (parsed.ok) {
    expect(planOf(parsed.topology).nodes.length).to.be.greaterThan(0)
    return
  }
  expect(parsed.errors.length).to.be.greaterThan(0)
  const lines = text.split('\n').length
  for (const { position, message, remedy } of parsed.errors) {
    expect(position.line).to.be.within(1, lines)
    expect(position.column).to.be.at.least(1)
    expect(message).to.not.equal('')
    expect(remedy).to.not.equal('')
  }
}

describe('parseTopology on anything', () => {
  it('stands arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), mustHold), {
      seed: 1,
      numRuns: 300,
    })
  })

  it('stands words of the language in any order', () => {
    const text = fc
      .array(fc.constantFrom(...words), { maxLength: 40 })
      .map((parts) => parts.join(' '))
    fc.assert(fc.property(text, mustHold), { seed: 2, numRuns: 400 })
  })

  it('stands any JSON where a topology is expected', () => {
    const value = fc.record(
      {
        name: fc.constant('x'),
        nodes: fc.dictionary(fc.string(), fc.jsonValue()),
        links: fc.jsonValue(),
      },
      { requiredKeys: ['name'] },
    )
    const check = (given: unknown): void => mustHold(JSON.stringify(given))
    fc.assert(fc.property(value, check), { seed: 3, numRuns: 300 })
  })

  it('stands shipped files with a piece cut out, doubled or replaced', () => {
    const edit = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(1000),
      length: fc.nat(30),
      put: fc.constantFrom('', ...words),
    })
    const check = ({
      text,
      at,
      length,
      put,
    }: {
      text: string
      at: number
      length: number
      put: string
    }) => {
      const start = at % text.length
      mustHold(text.slice(0, start) + put + text.slice(start + length))
    }
    fc.assert(fc.property(edit, check), { seed: 4, numRuns: 400 })
  })

  it('is not slowed down by many or deep entries', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `k${index}: b\n`).join('')
    for (const text of [many, '['.repeat(20_000), '- '.repeat(20_000), '{a: '.repeat(10_000)]) {
      const parsed = parseTopology(text, 'large.yaml')
      expect(parsed.ok).to.equal(false)
      if (!parsed.ok) expect(parsed.errors.length).to.be.within(1, 200)
    }
  }).timeout(10_000)
})
