import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from 'chai'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import { whatWasFound } from '../../tools/cli/whatWasFound.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..', '..')

function bench(...words: string[]) {
  const main = join(project, 'tools/cli/main.ts')
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: project })
}

/** With the smoke profile, because the ci profile takes minutes in containers; its purposes go the same way. */
describe('the same suites in one process and in containers', function () {
  this.timeout(300_000)
  const folder = temporaryFolder()
  after(() => folder.remove())

  function record(runtime: string): RunRecord {
    const out = join(folder.path, runtime)
    const words = ['run', '--profile', 'smoke', '--runtime', runtime, '--out', out]
    const { status, stderr, stdout } = bench(...words)
    assert.equal(status, 0, stdout + stderr)
    return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
  }

  it('find the same: verdicts, grades, controls, properties, journeys, readers', () => {
    const [one, contained] = ['local', 'docker'].map(record)
    if (one === undefined || contained === undefined) throw new Error('no records')
    assert.equal(contained.runtime, 'docker')
    assert.isAbove(contained.purposes.length, 4)
    assert.deepEqual(whatWasFound(contained), whatWasFound(one))
    for (const { id, evidence } of contained.purposes) {
      const kernels = evidence.filter(({ kind }) => kind === 'witness')
      assert.isAbove(kernels.length, 2, id)
      assert.isTrue(
        kernels.every(({ sha256 }) => sha256 !== undefined),
        id,
      )
    }
    const verified = bench('verify', join(folder.path, 'docker'))
    assert.equal(verified.status, 0, verified.stdout)
  })

  it('convict the same broken node', () => {
    const words = ['--only', 'BTP/HOP/PATH/002', '--mutant', 'cse1:transit-drops-silently']
    const out = join(folder.path, 'mutant')
    const { status, stdout } = bench('run', '--runtime', 'docker', '--out', out, ...words)
    assert.equal(status, 1, stdout)
    assert.match(stdout, /FAIL {3}BTP\/HOP\/PATH\/002/)
  })
})
