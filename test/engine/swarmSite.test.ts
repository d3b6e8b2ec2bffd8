import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { BenchError } from '../../protocol/errors.ts'
import type { HostedProgram } from '../../tools/runtimes/nodeHost.ts'
import { type SpreadImage, spreadImage } from '../../tools/runtimes/swarm/imageSpread.ts'
import { listMachines, type Machine } from '../../tools/runtimes/swarm/machines.ts'
import { placePlan } from '../../tools/runtimes/swarm/placement.ts'
import { openSite, type Site, type SiteOptions } from '../../tools/runtimes/swarm/site.ts'
import type { TaskLink } from '../../tools/runtimes/swarm/taskLink.ts'
import { planOf } from '../tools/runtimes/plans.ts'
import { startTwoEngines, type TwoEngines } from './twoEngines.ts'

const node = '/usr/local/bin/node'

/** Tries each place and prints one line for it. */
const knock = `
for (const place of process.argv.slice(1)) {
  const [host, port] = place.split(':')
  const socket = require('node:net').connect({ host, port: Number(port) })
  const say = (what) => { console.log(place, what); socket.destroy() }
  socket.setTimeout(3000, () => say('silent'))
  socket.once('connect', () => say('CONNECTED')).once('error', ({ code }) => say(code))
}`

/** Leaves files and a process of its own behind. */
const litter = `
const fs = require('node:fs')
fs.writeFileSync('/run/bench/note', 'secret')
fs.writeFileSync('own', 'secret')
const { spawn } = require('node:child_process')
const idle = 'setInterval(() => {}, 1000)'
spawn(process.execPath, ['-e', idle], { detached: true, stdio: 'ignore' }).unref()
console.log('littered')
setInterval(() => {}, 1000)`

const look = `
const fs = require('node:fs')
const files = fs.readdirSync('/run/bench').concat(fs.readdirSync('.'))
const isAlive = (pid) => !/\\) Z /.test(fs.readFileSync('/proc/' + pid + '/stat', 'utf8'))
const processes = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && isAlive(name)).length
const status = fs.readFileSync('/proc/self/status', 'utf8')
const written = ['/', '/opt', '/tmp', '/run/bench'].filter((folder) => {
  try { fs.writeFileSync(folder + '/x', ''); return true } catch { return false }
})
console.log(JSON.stringify({
  files, processes, written,
  uid: process.getuid(), capabilities: /CapBnd:\\s*(\\S+)/.exec(status)[1],
}))`

describe('engine: the ground of a network in a swarm', function () {
  this.timeout(300_000)

  let engines: TwoEngines
  let machines: readonly Machine[]
  let image: SpreadImage
  const plan = planOf('reference', { addressing: { scheme: 'networks', block: '10.201' } })
  before(async () => {
    engines = await startTwoEngines()
    machines = (await listMachines(engines.manager.engine)).ready
    image = await spreadImage(engines.manager.engine, machines, () => {})
  })
  after(async () => await engines?.[Symbol.asyncDispose]())

  const options = (runId: string, block: string): SiteOptions => ({
    engine: engines.manager.engine,
    runId,
    plan,
    placement: placePlan(plan, machines),
    image,
    block: async () => block,
    signal: new AbortController().signal,
    progress: () => {},
  })

  async function failure(work: Promise<unknown>): Promise<BenchError> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error instanceof BenchError) return error
    throw new Error(`no BenchError but ${String(error)}`)
  }

  const run = async (link: TaskLink | undefined, script: string, ...words: string[]) => {
    if (link === undefined) throw new Error('no such task')
    return await link.start({ program: node, words: ['-e', script, ...words], files: [] })
  }
  const saysFirst = (program: HostedProgram) =>
    new Promise<string>((resolve) => program.stdout.once('data', (said) => resolve(String(said))))

  // First: the image is not on the worker yet, and nobody knows where its engine is.
  it('says how the image gets to a machine that lacks it, and leaves nothing', async () => {
    const error = await failure(openSite(options('bench-lacking', '10.110')))
    expect(error).to.include({ code: 'CAPABILITY_MISSING' })
    expect(error.message).to.match(/does not run on machine bench-machine-2.*no such image/i)
    expect(error.remedy).to.match(/docker save .* \| ssh bench-machine-2 docker load/)
    const { client } = engines.manager.engine
    const networks = await client.listNetworks()
    expect(networks.filter(({ Name: name }) => name.startsWith('bench-'))).to.deep.equal([])
    expect(await client.listServices()).to.deep.equal([])
  })

  it('needs a manager of a swarm, and says so', async () => {
    const error = await failure(listMachines(engines.worker.engine))
    expect(error).to.include({ code: 'CAPABILITY_MISSING' })
    expect(error.message).to.match(/is no manager of its swarm/)
  })

  describe('with the image on both machines', () => {
    let site: Site
    before(async () => {
      await engines.tellWorkersAddress()
      machines = (await listMachines(engines.manager.engine)).ready
      await spreadImage(engines.manager.engine, machines, () => {})
      site = await openSite(options('bench-ground', '10.111'))
    })
    after(async () => await site?.[Symbol.asyncDispose]())

    it('lets a node reach its own fabric, and nothing else', async () => {
      const placed = site.place(plan)
      const placeOf = (name: string) => {
        const found = placed.nodes.find((one) => one.name === name)
        return { address: found?.address ?? '', fabric: found?.network?.fabricAddress ?? '' }
      }
      const server = `require('node:net').createServer().listen(21443, '0.0.0.0', () => console.log('up'))`
      const listening = await run(site.nodes.get('cse1'), server)
      expect(await saysFirst(listening)).to.match(/up/)
      const own = `${placeOf('ae1').fabric}:4748`
      const others = [
        `${placeOf('cse1').address}:21443`,
        `${placeOf('cse1').fabric}:4748`,
        `${placeOf('cse2').address}:21443`,
        '10.111.3.254:4747',
      ]
      const knocking = await run(site.nodes.get('ae1'), knock, own, ...others)
      const said = (await text(knocking.stdout)).trim().split('\n')
      expect(said).to.include(`${own} CONNECTED`)
      expect(said.filter((line) => line.endsWith('CONNECTED'))).to.have.length(1)
      expect(said).to.have.length(others.length + 1)
    })

    it('leaves nothing of a program to the next one, and gives it no rights', async () => {
      const link = site.nodes.get('ae1')
      expect(await saysFirst(await run(link, litter))).to.match(/littered/)
      const next = await run(link, look)
      expect(JSON.parse(await text(next.stdout))).to.deep.equal({
        files: ['program'],
        // Itself and what started it.
        processes: 2,
        written: ['/run/bench'],
        uid: 10_001,
        capabilities: '0000000000000000',
      })
    })

    it('takes each plan as it is, on the same ground', () => {
      const other = planOf('reference', {
        addressing: { scheme: 'networks', block: '10.202' },
        manual: ['ae1'],
        misbehaviours: { cse1: ['transit-drops-silently'] },
        seed: 7,
      })
      const [first, second] = [site.place(plan), site.place(other)]
      expect(second.seed).to.equal(7)
      expect(second.nodes.map(({ address }) => address)).to.deep.equal(
        first.nodes.map(({ address }) => address),
      )
      const of = (name: string) => second.nodes.find((one) => one.name === name)
      expect(of('ae1')?.autoRegister).to.equal(false)
      expect(of('cse1')?.misbehaviours).to.deep.equal(['transit-drops-silently'])
    })
  })
})
