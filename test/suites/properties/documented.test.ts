import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Property } from '../../../suites/framework/evidence.ts'
import { evidence } from '../builders.ts'

const folder = new URL('../../../suites/properties/', import.meta.url)
const page = new URL('../../../docs/write-a-purpose.md', import.meta.url)

async function allProperties(): Promise<ReadonlyMap<string, Property>> {
  const found = new Map<string, Property>()
  for (const file of readdirSync(folder)) {
    const exports: Record<string, unknown> = await import(new URL(file, folder).href)
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === 'object' && value !== null && 'check' in value) {
        found.set(name, value as Property)
      }
    }
  }
  return found
}

describe('suites/properties', () => {
  it('are listed in docs/write-a-purpose.md with their claims, and nothing else is', async () => {
    const rows = [...(await allProperties())].map(
      ([name, { claim }]) => `| \`${name}\` | ${claim} |`,
    )
    const [, section = ''] = readFileSync(page, 'utf8').split('## Properties')
    const [table = ''] = section.split('\nA property is')
    const listed = table.split('\n').filter((line) => line.startsWith('| `'))
    expect(listed.toSorted()).to.deep.equal(rows.toSorted())
  })

  it('have names of their own in kebab case, a claim and a clause', async () => {
    const properties = [...(await allProperties()).values()]
    expect(new Set(properties.map(({ name }) => name)).size).to.equal(properties.length)
    for (const { name, claim, requirement } of properties) {
      expect(name).to.match(/^[a-z]+(-[a-z]+)+$/)
      expect(claim).to.match(/^[A-Z].*\.$/)
      expect(requirement).to.match(/^(TS-\d{4}|RFC \d+) \d/)
    }
  })

  it('are never held by empty evidence', async () => {
    for (const [name, property] of await allProperties()) {
      expect(property.check(evidence()).result, name).to.equal('not-observed')
    }
  })
})
