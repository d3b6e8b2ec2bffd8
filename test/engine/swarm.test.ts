import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import type { RunRecord } from '../../reports/model/runRecord.ts'
import type { Engine } from '../../tools/engine/engine.ts'
import { sweepEngine } from '../../tools/engine/sweep.ts'
import type { Plan } from '../../topologies/plan.ts'
import { tsharkFields } from '../tools/capture/tsharkFields.ts'
import { whatWasFound } from '../tools/cli/whatWasFound.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'
import { startTwoEngines, type TwoEngines } from './twoEngines.ts'

const project = join(import.meta.dirname, '..', '..')

describe('engine: the swarm runtime on two engines', function () {
  // Images are made and copied, and every machine makes networks one after the other, on whatever machine this is.
  this.timeout(300_000)

  let engines: TwoEngines
  let folder: ReturnType<typeof temporaryFolder>
  const children: ChildProcess[] = []
  before(async () => {
    engines = await startTwoEngines()
    await engines.tellWorkersAddress()
  })
  after(async () => await engines?.[Symbol.asyncDispose]())
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    folder.remove()
  })

  function bench(engine: Engine, ...words: string[]) {
    const main = join(project, 'tools/cli/main.ts')
    const env = { ...process.env, DOCKER_HOST: engine.address }
    const child = spawn(process.execPath, [main, ...words], { cwd: project, env })
    children.push(child)
    const said: string[] = []
    const heard = new EventTarget()
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        said.push(line)
        heard.dispatchEvent(new Event('line'))
      })
    }
    const ended = once(child, 'close').then(([code]: unknown[]) => code)
    const hears = (form: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => said.some((line) => form.test(line)) && resolve()
        heard.addEventListener('line', look)
        void ended.then(() => reject(new Error(said.join('\n'))))
        look()
      })
    return { child, said, ended, hears }
  }

  const recordIn = (out: string): RunRecord =>
    JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))

  async function thingsLeft({ client }: Engine): Promise<number> {
    const networks = await client.listNetworks()
    const ours = networks.filter(({ Name: name }) => name.startsWith('bench-'))
    const [services, secrets] = [await client.listServices(), await client.listSecrets()]
    return ours.length + services.length + secrets.length
  }

  it('finds the same as in one process, with nodes on both machines and one recording; leaves nothing', async () => {
    const outs = { swarm: join(folder.path, 'swarm'), local: join(folder.path, 'local') }
    for (const [name, out] of Object.entries(outs)) {
      const words = ['run', '--profile', 'smoke', '--runtime', name, '--out', out]
      const run = bench(engines.manager.engine, ...words)
      expect(await run.ended, run.said.join('\n')).to.equal(0)
    }
    const [swarm, local] = [recordIn(outs.swarm), recordIn(outs.local)]
    expect(swarm.runtime).to.equal('swarm')
    expect(swarm.purposes.length).to.be.greaterThan(4)
    expect(whatWasFound(swarm)).to.deep.equal(whatWasFound(local))
    expect(await thingsLeft(engines.manager.engine)).to.equal(0)

    const first = swarm.purposes.find(({ id }) => id === 'BTP/HOP/PATH/001')
    const capture = first?.evidence.find(({ kind }) => kind === 'capture')?.path ?? ''
    const bed = join(outs.swarm, capture, '..')
    const plan: Plan = JSON.parse(readFileSync(join(bed, 'plan.json'), 'utf8'))
    const machines = new Map(plan.nodes.map(({ domain, machine }) => [domain, machine]))
    expect(Object.fromEntries(machines)).to.deep.equal({
      field: engines.worker.name,
      infrastructure: engines.manager.name,
    })
    expect(readdirSync(bed).filter((name) => name.includes('pcapng'))).to.have.length(1)
    expect(statSync(join(outs.swarm, capture)).mode & 0o777).to.equal(0o600)
    const clocks: unknown = JSON.parse(readFileSync(join(bed, 'clocks.json'), 'utf8'))
    expect(clocks).to.be.an('array').with.length(2)
    const methods = await tsharkFields(join(outs.swarm, capture), ['http.request.method'])
    expect(methods.filter(([method]) => method === 'POST').length).to.be.greaterThan(2)
    const verified = bench(engines.manager.engine, 'verify', outs.swarm)
    expect(await verified.ended, verified.said.join('\n')).to.equal(0)
  })

  it('convicts a broken node', async () => {
    const { engine } = engines.manager
    const out = join(folder.path, 'mutant')
    const only = ['--only', 'BTP/HOP/PATH/001', '--only', 'BTP/HOP/PATH/002']
    const mutant = ['--mutant', 'cse1:transit-drops-silently']
    const run = bench(engine, 'run', ...only, ...mutant, '--runtime', 'swarm', '--out', out)
    expect(await run.ended, run.said.join('\n')).to.equal(1)
    const verdicts = recordIn(out).purposes.map(({ id, verdict }) => [id, verdict])
    expect(verdicts).to.deep.include(['BTP/HOP/PATH/002', 'fail'])
  })

  it('leaves nothing that a sweep does not find when it is killed', async () => {
    const { engine } = engines.manager
    const run = bench(
      engine,
      'run',
      '--only',
      'BTP/HOP/PATH/001',
      '--repeat',
      '9',
      '--runtime',
      'swarm',
      '--out',
      join(folder.path, 'killed'),
    )
    await run.hears(/^ok /)
    run.child.kill('SIGKILL')
    await run.ended
    expect(await thingsLeft(engine)).to.be.greaterThan(0)
    const { removed } = await sweepEngine(engine)
    expect(removed.join('\n'))
      .to.match(/service bench-/)
      .and.match(/secret bench-/)
    // Networks are free once the tasks have ended on every machine.
    let left = await thingsLeft(engine)
    for (const endMs = Date.now() + 30_000; left > 0 && Date.now() < endMs; ) {
      await sweepEngine(engine)
      left = await thingsLeft(engine)
    }
    expect(left).to.equal(0)
  })
})
