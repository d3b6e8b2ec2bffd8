import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { type Misbehaviour, misbehaviours } from '../../nodes/misbehaviours.ts'

const page = readFileSync(new URL('../../docs/holes.md', import.meta.url), 'utf8')

/** Misbehaviours by the code of their class, as the table of the page has them. */
function documented(): Record<string, string[]> {
  const rows = page.matchAll(/^\| (W\d+) \| .+ \| .+ \| (.+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, code = '', names = '']) => [
      code,
      [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
    ]),
  )
}

function planted(): Record<string, string[]> {
  const rows: readonly Misbehaviour[] = misbehaviours
  const byCode = Object.groupBy(
    rows.filter(({ origin }) => origin !== undefined),
    ({ origin = '' }) => origin,
  )
  return Object.fromEntries(
    Object.entries(byCode).map(([code, same = []]) => [code, same.map(({ name }) => name)]),
  )
}

describe('docs/holes.md', () => {
  it('has one row for each class that misbehaviours are modelled on, with these, and no other', () => {
    expect(documented()).to.deep.equal(planted())
    expect(Object.keys(documented())).to.have.length.above(8)
  })
})
