import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import recordSchema from '../../../reports/load/loadRecord.schema.json' with { type: 'json' }
import type { LoadRecord } from '../../../reports/load/loadRecord.ts'
import { driveLoad } from '../../../tools/load/driveLoad.ts'
import { type LoadFile, loadDefaults } from '../../../tools/load/loadFile.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { processRuntime } from '../../../tools/runtimes/process.ts'
import type { Runtime, Testbed } from '../../../tools/runtimes/runtime.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const topologies = join(import.meta.dirname, '..', '..', '..', 'topologies')
const fitsSchema = new Ajv2020({ strictTypes: false }).compile(recordSchema)

/** The local runtime, with a look at the testbed as soon as it is up. */
function watched(onUp: (testbed: Testbed) => void): Runtime {
  const runtime = localRuntime()
  return {
    ...runtime,
    async bringUp(plan, options) {
      const testbed = await runtime.bringUp(plan, options)
      onUp(testbed)
      return testbed
    },
  }
}

describe('driving a load', function () {
  this.timeout(30_000)
  let folder = temporaryFolder()
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  async function drive(
    changes: Partial<LoadFile>,
    options: {
      readonly runtime?: Runtime
      readonly signal?: AbortSignal
      readonly folder?: string
    } = {},
  ): Promise<LoadRecord> {
    const record = await driveLoad({
      runtime: options.runtime ?? localRuntime(),
      load: {
        ...loadDefaults,
        name: 'test',
        topology: 'hundred.yaml',
        parameters: { middle: 1, devices: 3 },
        rate: { perS: 60, of: 'all' },
        warmUpS: 0,
        durationS: 1,
        ...changes,
      },
      topology: readTopology(join(topologies, 'hundred.yaml')),
      folder: options.folder ?? folder.path,
      bench: { version: '0', commit: 'test' },
      signal: options.signal ?? new AbortController().signal,
    })
    expect(fitsSchema(record), JSON.stringify(fitsSchema.errors)).to.equal(true)
    return record
  }

  it('has every request answered by a healthy network, and counts them on both sides', async () => {
    const { totals, nodes, load, recording, processes, problems } = await drive({
      arrival: 'constant',
    })
    expect(load.devices).to.equal(3)
    expect(totals.offered).to.equal(60)
    expect(totals.answered).to.equal(60)
    expect(totals.responses).to.deep.equal({ '2001': 60 })
    expect(totals.offeredPerS).to.equal(60)
    expect(totals.latencyMs?.p50).to.be.within(0.1, 1000)
    const counts = (name: string) => nodes.find((node) => node.name === name)
    expect(counts('mn1')).to.include({ sent: 0, received: 60, forwarded: 0, errors: 0 })
    expect(counts('adn1-2')).to.include({ sent: 20, received: 0, errors: 0 })
    expect(processes.map(({ holdsBench, nodes: held }) => [holdsBench, held.length])).to.deep.equal(
      [[true, 6]],
    )
    expect(problems).to.deep.equal([])
    expect(recording.bytes).to.equal(statSync(join(folder.path, recording.path)).size)
    expect(recording.wireBytes).to.be.above(60 * 64)
  })

  it('goes over the whole path to the infrastructure, and reads there', async () => {
    const { totals, nodes } = await drive({ target: 'infrastructure', operation: 'retrieve' })
    expect(totals.offered).to.be.above(20)
    expect(totals.responses).to.deep.equal({ '2000': totals.offered })
    const middle = nodes.find(({ name }) => name === 'mn1')
    expect(middle?.forwarded).to.equal(totals.offered)
    expect(nodes.find(({ name }) => name === 'cse1')?.received).to.equal(totals.offered)
  })

  it('makes new associations as often as asked', async () => {
    const { totals, nodes } = await drive({ reconnectEvery: 2, arrival: 'constant' })
    // 20 requests of each device: the association of the registration serves the first two.
    expect(totals.handshakes).to.deep.equal({ made: 27, failed: 0 })
    expect(nodes.find(({ name }) => name === 'mn1')?.handshakes.asServer).to.equal(27)
    expect(totals.answered).to.equal(60)
  })

  it('measures a delay that is really there', async () => {
    const runtime = watched(({ fabric }) => fabric.wires.get('adn1-1-mn1')?.impair({ delayMs: 40 }))
    const { totals } = await drive(
      { devices: ['ADN1-1'], rate: { perS: 8, of: 'all' } },
      { runtime },
    )
    expect(totals.answered).to.be.above(2)
    expect(totals.latencyMs?.p50).to.be.within(80, 400)
  })

  it('counts what a network that is cut does not answer', async () => {
    const runtime = watched((testbed) => {
      const isEnough = nth(40)
      testbed
        .waitFor('forty requests', (event) => event.event === 'request' && isEnough(), 10_000)
        .then(() => testbed.fabric.wires.get('adn1-1-mn1')?.cut())
        .catch(() => {})
    })
    const { totals, nodes } = await drive({ arrival: 'constant' }, { runtime })
    expect(totals.failed).to.be.within(1, 20)
    expect(totals.answered + totals.failed).to.equal(60)
    expect(nodes.find(({ name }) => name === 'adn1-1')?.errors).to.be.at.least(totals.failed)
    expect(nodes.find(({ name }) => name === 'adn1-2')?.errors).to.equal(0)
  })

  it('gives a record of what was measured when it is interrupted', async () => {
    const controller = new AbortController()
    const runtime = watched((testbed) => {
      const isEnough = nth(40)
      testbed
        .waitFor('forty requests', (event) => event.event === 'request' && isEnough(), 10_000)
        .then(() => controller.abort())
        .catch(() => {})
    })
    const record = await drive(
      { durationS: 3000, arrival: 'constant' },
      { runtime, signal: controller.signal },
    )
    expect(record.interrupted).to.equal('ended from outside')
    expect(record.totals.offered).to.be.within(4, 60)
    expect(record.totals.seconds).to.be.within(0.05, 5)
    expect(record.timeline.length).to.be.within(1, 2)
  })

  it('offers the same where every node is a process of its own, and tells them apart', async () => {
    const { totals, processes, nodes, problems } = await drive({}, { runtime: processRuntime() })
    const local = await drive({}, { folder: join(folder.path, 'local') })
    expect(totals.offered).to.equal(local.totals.offered)
    expect(totals.answered).to.equal(totals.offered)
    expect(problems).to.deep.equal([])
    expect(processes.map(({ nodes: held, holdsBench }) => [held.length, holdsBench])).to.deep.equal(
      [[0, true], ...nodes.map(() => [1, false])],
    )
    expect(new Set(nodes.map(({ process }) => process)).size).to.equal(nodes.length)
    for (const { rssMaxBytes, samples } of processes) {
      expect(rssMaxBytes).to.be.above(2 ** 20)
      expect(samples.length).to.be.at.least(1)
    }
  })

  it('starts nothing when it is interrupted beforehand', async () => {
    const error: unknown = await drive({}, { signal: AbortSignal.abort() }).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'INTERRUPTED')
  })

  it('wants somebody in the infrastructure domain to be written to', async () => {
    const error: unknown = await driveLoad({
      runtime: localRuntime(),
      load: {
        ...loadDefaults,
        name: 'test',
        topology: 'smallest.yaml',
        rate: { perS: 1, of: 'all' },
        durationS: 1,
        target: 'infrastructure',
      },
      topology: readTopology(join(topologies, 'smallest.yaml')),
      folder: folder.path,
      bench: { version: '0', commit: 'test' },
      signal: new AbortController().signal,
    }).catch((cause: unknown) => cause)
    expect(error).to.have.property('code', 'LOAD_INVALID')
    expect(String(error)).to.include('needs an AE in the infrastructure domain')
  })
})

/** True at that call. Registration and preparation make a dozen requests of their own, which count too. */
function nth(wanted: number): () => boolean {
  let calls = 0
  return () => {
    calls += 1
    return calls === wanted
  }
}
