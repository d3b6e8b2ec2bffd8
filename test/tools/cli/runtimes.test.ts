import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { whatWasFound } from './whatWasFound.ts'

const project = join(import.meta.dirname, '..', '..', '..')

function bench(...words: string[]) {
  const main = join(project, 'tools/cli/main.ts')
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: project })
}

describe('--runtime', function () {
  // Six networks with five processes each, on a machine that may be busy.
  this.timeout(180_000)

  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  function record(runtime: string, ...words: string[]): RunRecord {
    const out = join(folder.path, runtime)
    const { status, stderr } = bench('run', '--runtime', runtime, '--out', out, ...words)
    expect(status, stderr).to.equal(0)
    return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
  }

  it('finds the same in one process and in many: verdicts, grades, controls, properties, journeys, readers', () => {
    const [one, many] = ['local', 'process'].map((name) => record(name, '--profile', 'smoke'))
    if (one === undefined || many === undefined) throw new Error('no records')
    expect([one.runtime, many.runtime]).to.deep.equal(['local', 'process'])
    expect(one.purposes.length).to.be.greaterThan(4)
    expect(whatWasFound(many)).to.deep.equal(whatWasFound(one))
    expect(many.purposes.map(({ reproduce }) => reproduce)).to.satisfy((lines: string[]) =>
      lines.every((line) => line.includes(' --runtime process ')),
    )
    const verified = bench('verify', join(folder.path, 'process'))
    expect(verified.status, verified.stdout + verified.stderr).to.equal(0)
  })

  it('convicts the same broken node wherever it runs', () => {
    const words = ['--only', 'BTP/HOP/PATH/002', '--mutant', 'cse1:transit-drops-silently']
    const out = join(folder.path, 'mutant')
    const { status } = bench('run', '--runtime', 'process', '--out', out, ...words)
    expect(status).to.equal(1)
  })

  it('says which runtimes there are, and starts nothing', () => {
    for (const command of ['run', 'prove', 'demo', 'up']) {
      const file = command === 'up' ? ['topologies/smallest.yaml'] : []
      const { status, stderr } = bench(command, '--runtime', 'cloud', ...file)
      expect(status, command).to.equal(2)
      expect(stderr).to.match(/--runtime cloud is not a runtime[\s\S]*one of: local, process/)
    }
  })
})
