import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  parseRunRecord,
  type RecordError,
  runRecordSchema,
} from '../../../reports/model/parseRunRecord.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import { firstMisfit } from '../../../reports/model/schema.ts'
import { property, purpose, record } from '../fixtures.ts'
import { emptyRun, failingRun, goodRun, interruptedRun, largeRun } from '../runs.ts'

const ajv = new Ajv2020({ strict: true }).compile(runRecordSchema)

function errorOf(value: unknown): RecordError {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const parsed = parseRunRecord(text, 'runs/7/run.json')
  if (parsed.ok) throw new Error('the record was accepted')
  return parsed.error
}

describe('parsing a run record', () => {
  for (const make of [goodRun, failingRun, emptyRun, interruptedRun, largeRun]) {
    it(`accepts ${make.name} and changes nothing`, () => {
      const parsed = parseRunRecord(JSON.stringify(make()))
      expect(parsed).to.deep.equal({ ok: true, value: make() })
      expect(ajv(make()), JSON.stringify(ajv.errors)).to.equal(true)
    })
  }

  it('names file, place, value and remedy of an unknown field', () => {
    const error = errorOf({ ...goodRun(), verdict: 'pass' })
    expect(error.code).to.equal('RECORD_INVALID')
    expect(error.file).to.equal('runs/7/run.json')
    expect(error.path).to.equal('/verdict')
    expect(error.value).to.equal('"pass"')
    expect(error.message).to.match(/runs\/7\/run\.json.*\/verdict.*unknown fields are refused/)
    expect(error.remedy).to.not.equal('')
  })

  it('points into the depth of the record', () => {
    const [first] = goodRun().purposes
    const purposes = [first, { ...first, verdict: 'passed' }]
    const error = errorOf({ ...goodRun(), purposes })
    expect(error.path).to.equal('/purposes/1/verdict')
    expect(error.message).to.match(/"passed" where one of "none", "pass"/)
  })

  it('refuses another version before anything else', () => {
    const error = errorOf({ schemaVersion: 2, whatever: true })
    expect(error.code).to.equal('VERSION_MISMATCH')
    expect(error.message).to.match(/schema version 2, this bench reads version 1/)
  })

  it('refuses what is not JSON, cut short included', () => {
    expect(errorOf('').code).to.equal('NOT_JSON')
    expect(errorOf(JSON.stringify(goodRun()).slice(0, -20)).code).to.equal('NOT_JSON')
  })

  it('refuses a pass that the record itself denies', () => {
    const violated = property('no-canary-in-clear', { result: 'violated' })
    const error = errorOf(record([purpose({ properties: [violated] })]))
    expect(error.code).to.equal('RECORD_CONTRADICTS')
  })

  it('refuses nesting without end without falling over', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(errorOf(deep).code).to.equal('VERSION_MISMATCH')
    expect(errorOf(`{"schemaVersion":${deep}}`).code).to.equal('VERSION_MISMATCH')
    expect(errorOf(`{"schemaVersion":1,"bench":${deep}}`).code).to.equal('RECORD_INVALID')
  })

  it('answers every text with a record or an error', () => {
    const good = JSON.stringify(goodRun())
    const cut = fc
      .tuple(fc.nat(good.length), fc.nat(40), fc.string())
      .map(([at, length, text]) => good.slice(0, at) + text + good.slice(at + length))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), cut), (text) => {
        const parsed = parseRunRecord(text)
        return parsed.ok || parsed.error.message.length > 0
      }),
      { seed: 20260302, numRuns: 300 },
    )
  })
})

describe('the check against the schema', () => {
  it('agrees with an independent validator on changed records', () => {
    const places = placesOf(failingRun(), [])
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, '', -1, 1.5, 0, true, [], {}, 'pass', 'plain', 'x'),
      fc.constant(undefined),
    )
    let refused = 0
    const agree = fc.property(fc.nat(places.length - 1), junk, fc.boolean(), (at, value, add) => {
      const path = places[at] ?? []
      const changed = changeAt(failingRun(), add ? [...path, 'extra'] : path, value)
      const text = JSON.stringify(changed)
      if (text === undefined) return true
      const read: unknown = JSON.parse(text)
      const fits = firstMisfit(runRecordSchema, read) === undefined
      if (!fits) refused += 1
      return fits === ajv(read)
    })
    fc.assert(agree, { seed: 7, numRuns: 800 })
    // Both kinds occurred, or the agreement would say little.
    expect(refused).to.be.within(200, 700)
  })
})

type Path = readonly (string | number)[]

function placesOf(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([name, one]) => placesOf(one, [...path, name]))
  return path.length === 0 ? below : [path, ...below]
}

function changeAt(root: RunRecord, path: Path, value: unknown): unknown {
  const copy: unknown = structuredClone(root)
  let at = copy as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) {
    const next = at[step]
    if (typeof next !== 'object' || next === null) return copy
    at = next as Record<string | number, unknown>
  }
  at[path.at(-1) ?? ''] = value
  return copy
}
