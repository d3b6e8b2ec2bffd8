import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { RunRecord } from '../../reports/model/runRecord.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'
import { startTwoEngines } from './twoEngines.ts'

const project = join(import.meta.dirname, '..', '..')

describe('engine: a machine of the swarm that is lost', function () {
  this.timeout(300_000)

  let folder: ReturnType<typeof temporaryFolder>
  let child: ChildProcess | undefined
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(async () => {
    child?.kill('SIGKILL')
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit')
    folder.remove()
  })

  it('during a run: what it concerns is left open and names it, the rest completes', async () => {
    await using engines = await startTwoEngines()
    await engines.tellWorkersAddress()
    const { manager, worker } = engines
    const out = join(folder.path, 'out')
    const words = ['run', '--profile', 'smoke', '--repeat', '2', '--runtime', 'swarm', '--out', out]
    const env = { ...process.env, DOCKER_HOST: manager.engine.address }
    child = spawn(process.execPath, ['tools/cli/main.ts', ...words], { cwd: project, env })
    const said: string[] = []
    let killing: Promise<void> | undefined
    for (const input of [child.stdout, child.stderr]) {
      if (input === null) continue
      createInterface({ input }).on('line', (line) => {
        said.push(line)
        // Two purposes are through; what comes next has nodes on both machines.
        if (said.filter((one) => one.startsWith('ok ')).length === 2) killing ??= worker.kill()
      })
    }
    const [code] = await once(child, 'close')
    expect(killing, said.join('\n')).to.not.equal(undefined)
    const record: RunRecord = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
    const open = record.purposes.filter(({ verdict }) => verdict !== 'pass')
    const passed = record.purposes.filter(({ verdict }) => verdict === 'pass')
    expect(code, said.join('\n')).to.equal(3)
    expect(open.length, said.join('\n')).to.be.within(1, 4)
    for (const { verdict, reason } of open) {
      expect(verdict).to.be.oneOf(['inconc', 'error'])
      expect(reason).to.include(worker.name)
    }
    expect(passed.length).to.equal(record.purposes.length - open.length)
    expect(record.purposes.at(-1)?.verdict).to.equal('pass')
  })
})
