import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import schema from '../../topologies/topology.schema.json' with { type: 'json' }
import { folder, planOf, sound } from './examples.ts'

const page = readFileSync(join(folder, '..', 'docs', 'write-a-topology.md'), 'utf8')
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

describe('docs/write-a-topology.md', () => {
  it('has examples', () => {
    expect(examples.length).to.be.at.least(6)
  })

  for (const text of examples) {
    it(`shows a sound topology: ${/^name: (.*)$/m.exec(text)?.[1]}`, () => {
      const topology = sound(text, 'docs/write-a-topology.md')
      expect(planOf(topology).nodes.length).to.be.greaterThan(1)
    })
  }

  it('speaks of every field of the schema', () => {
    const fields = fieldsOf(schema)
    expect(fields).to.include.members(['nodes', 'limitBytesPerS', 'credentialIds'])
    const missing = fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))
    expect(missing).to.deep.equal([])
  })

  it('is backed by a description of every field in the schema', () => {
    expect(undescribed(schema, '')).to.deep.equal([])
  })
})

/** Names of all properties, at any depth. */
function fieldsOf(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, child]) =>
    name === 'properties'
      ? [...Object.keys(child), ...Object.values(child).flatMap(fieldsOf)]
      : fieldsOf(child),
  )
}

function undescribed(part: unknown, path: string): readonly string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, child]) => {
    if (name !== 'properties') return undescribed(child, `${path}/${name}`)
    const bare = Object.entries(child as Record<string, object>)
      .filter(([, field]) => !('description' in field) && !('$ref' in field))
      .map(([field]) => `${path}/${field}`)
    const below = Object.entries(child).flatMap(([field, inner]) =>
      undescribed(inner, `${path}/${field}`),
    )
    return [...bare, ...below]
  })
}
