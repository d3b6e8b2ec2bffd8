import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import schema from '../../../tools/load/load.schema.json' with { type: 'json' }
import { loadDefaults } from '../../../tools/load/loadFile.ts'
import { parseLoadFile } from '../../../tools/load/parseLoadFile.ts'
import { readLoadFile } from '../../../tools/load/readLoadFile.ts'

const project = join(import.meta.dirname, '..', '..', '..')

function loadOf(text: string) {
  const parsed = parseLoadFile(text, 'test.yaml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.load
}

/** All problems as `line:column message`. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseLoadFile(text, 'test.yaml')
  if (parsed.ok) return []
  return parsed.problems.map(
    ({ position, message }) => `${position.line}:${position.column} ${message}`,
  )
}

const smallest = 'name: small\ntopology: ../smallest.yaml\nratePerS: 5\ndurationS: 1\n'

describe('a load file', () => {
  it('gets its defaults', () => {
    expect(loadOf(smallest)).to.deep.equal({
      ...loadDefaults,
      name: 'small',
      topology: '../smallest.yaml',
      durationS: 1,
      rate: { perS: 5, of: 'all' },
    })
  })

  it('may give every field of the schema', () => {
    const text = [
      'name: full',
      'description: Everything.',
      'topology: t.yaml',
      'parameters: { middle: 2, name: x, yes: true }',
      'devices: [AE1, ADN*]',
      'ratePerDevicePerS: 0.5',
      'durationS: 10',
      'rampS: 2',
      'warmUpS: 0',
      'arrival: constant',
      'operation: retrieve',
      'target: infrastructure',
      'payloadBytes: 1000',
      'reconnectEvery: 3',
      'mostInFlight: 7',
      'seed: 9',
    ].join('\n')
    const load = loadOf(text)
    expect(load.rate).to.deep.equal({ perS: 0.5, of: 'each' })
    const written = Object.keys(load).filter((name) => name !== 'rate')
    const known = Object.keys(schema.properties).filter((name) => !name.startsWith('rateP'))
    expect(written.sort()).to.deep.equal(known.sort())
  })

  it('names line, column and the field that was meant', () => {
    const text = 'name: small\ntopology: t.yaml\nratePerS: 5\ndurationS: 1\npayloadBites: 5\n'
    expect(problemsOf(text)).to.deep.equal([
      '5:1 unknown field `payloadBites`, did you mean `payloadBytes`?',
    ])
  })

  it('shows every problem at once', () => {
    const found = problemsOf('name: 1x\ntopology: t\nratePerS: 0\ndurationS: 1.5\narrival: even\n')
    expect(found.map((line) => line.split(' ')[0])).to.deep.equal(['1:7', '3:11', '4:12', '5:10'])
  })

  for (const [rates, message] of [
    ['', '1:1 the rate is missing'],
    ['ratePerS: 1\nratePerDevicePerS: 1\n', '5:1 `ratePerS` and `ratePerDevicePerS` both give'],
  ] as const) {
    it(`needs exactly one rate: ${message}`, () => {
      const found = problemsOf(`name: x\ntopology: t\ndurationS: 1\n${rates}`)
      expect(found).to.have.length(1)
      expect(found[0]).to.include(message)
    })
  }

  it('is refused with bounds, not taken along', () => {
    for (const field of ['ratePerS: 1e9', 'ratePerS: .inf', 'ratePerS: .nan', 'ratePerS: -1']) {
      expect(problemsOf(smallest.replace('ratePerS: 5', field)), field).to.have.length(1)
    }
    for (const field of ['durationS: 0', 'durationS: 3601']) {
      expect(problemsOf(smallest.replace('durationS: 1', field)), field).to.have.length(1)
    }
    for (const field of ['payloadBytes: 65537', 'mostInFlight: 0', 'devices: []', 'seed: -1']) {
      expect(problemsOf(`${smallest}${field}\n`), field).to.have.length(1)
    }
  })

  it('survives any text', () => {
    const word = fc.constantFrom(
      'name',
      'topology',
      'ratePerS',
      ': ',
      '\n',
      '- ',
      '{',
      '}',
      '1',
      '&a',
      '*a',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          const parsed = parseLoadFile(text, 'fuzz.yaml')
          expect(parsed.ok || parsed.problems.length > 0).to.equal(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is refused as a file with LOAD_INVALID, and as a missing one with FILE_UNREADABLE', () => {
    const topology = join(project, 'topologies', 'smallest.yaml')
    expect(() => readLoadFile(topology))
      .to.throw(/smallest.yaml: \d problems/)
      .with.property('code', 'LOAD_INVALID')
    expect(() => readLoadFile('/nowhere.yaml'))
      .to.throw()
      .with.property('code', 'FILE_UNREADABLE')
  })

  for (const name of readdirSync(join(project, 'topologies', 'load'))) {
    it(`ships sound: topologies/load/${name}`, () => {
      const { load, topology } = readLoadFile(join(project, 'topologies', 'load', name))
      expect(`${load.name}.yaml`).to.equal(name)
      expect(topology.name).to.not.equal('')
    })
  }
})

describe('docs/load.md', () => {
  const page = readFileSync(join(project, 'docs', 'load.md'), 'utf8')
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

  it('shows sound loads', () => {
    expect(examples.length).to.be.at.least(2)
    for (const text of examples) loadOf(text)
  })

  it('speaks of every field of the schema', () => {
    const missing = Object.keys(schema.properties).filter((name) => !page.includes(`\`${name}\``))
    expect(missing).to.deep.equal([])
  })
})
