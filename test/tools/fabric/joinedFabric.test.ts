import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { ClockOffset } from '../../../tools/capture/clockCorrection.ts'
import { type FabricPart, joinFabrics } from '../../../tools/fabric/joinedFabric.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { type AgentFabric, openAgentFabric } from './agentFabric.ts'

const wireNames = ['ae1-cse1', 'cse1-cse2'] as const
const machines = ['machine-1', 'machine-2'] as const

describe('joinFabrics', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let agents: AgentFabric[]
  const clocks = new Map<string, (asked: number) => ClockOffset>()
  beforeEach(async () => {
    folder = temporaryFolder()
    clocks.clear()
    agents = await Promise.all(
      machines.map(async (name) => {
        mkdirSync(join(folder.path, name))
        return openAgentFabric(join(folder.path, name))
      }),
    )
  })
  afterEach(async () => {
    await Promise.all(agents.map(({ fabric }) => fabric.close()))
    folder.remove()
  })

  const exact = (): ClockOffset => ({ atMs: Date.now(), aheadMs: 0, uncertaintyMs: 0.1 })

  function open() {
    const parts = agents.map(({ fabric }, index): FabricPart => {
      const machine = machines[index] ?? ''
      let asked = 0
      return { machine, fabric, clock: async () => (clocks.get(machine) ?? exact)(asked++) }
    })
    const partAt = (index: number): FabricPart => {
      const part = parts[index]
      if (part === undefined) throw new Error('no such part')
      return part
    }
    return joinFabrics({
      parts,
      partOfWire: (wire) => partAt(wireNames.indexOf(wire as never)),
      partOfAddress: (address) => (address === '127.44.9.9' ? undefined : partAt(0)),
      path: join(folder.path, 'whole.pcapng'),
      now: Date.now,
    })
  }

  const wire = (index: number) => ({
    name: wireNames[index] ?? '',
    transport: 'tcp' as const,
    seed: 1,
    ways: [
      {
        listen: { address: `127.44.${index}.1`, port: 0 },
        target: { address: '127.44.9.8', port: 1 },
      },
    ],
  })

  it('has each wire at its own machine, and one recording of all of them', async () => {
    const fabric = await open()
    const events: string[] = []
    fabric.onEvent(({ wire: name, event }) => void events.push(`${name} ${event}`))
    // Nobody's address: only the wire says which machine it is to be on.
    const listener = await fabric.testerNetwork.listen({
      address: '127.44.9.9',
      wire: wireNames[1],
    })
    listener.onConnection((connection) => connection.end('hello'))
    for (const index of [0, 1]) await fabric.addWire(wire(index))
    fabric.recorder.nameAddress('127.44.9.9', 'tester')
    fabric.recorder.annotate('phase: body')
    for (const name of wireNames) {
      const added = fabric.wires.get(name)
      await added?.redirect(0, { address: listener.address, port: listener.port })
      const to = added?.options.ways[0]?.listen ?? { address: '', port: 0 }
      const connection = await fabric.testerNetwork.dial({ to })
      expect(String((await once(connection, 'data'))[0])).to.equal('hello')
      connection.end()
      await once(connection, 'close')
    }
    await fabric.close()
    expect(fabric.recorder.failure).to.equal(undefined)
    const path = join(folder.path, 'whole.pcapng')
    const names = (await tsharkFields(path, ['frame.interface_name'])).map(([name]) => name)
    expect([...new Set(names)]).to.deep.equal([...wireNames])
    expect(agents[0]?.fabric.wires.has(wireNames[1])).to.equal(false)
    expect(events).to.include.members([`${wireNames[0]} opened`, `${wireNames[1]} opened`])
    const text = readFileSync(path, 'latin1')
    expect(text)
      .to.match(/clock of machine-2: 0\.00 ms ahead/)
      .and.match(/phase: body/)
    const kept: unknown = JSON.parse(readFileSync(join(folder.path, 'clocks.json'), 'utf8'))
    expect(kept).to.have.nested.property('[1].machine', 'machine-2')
  })

  it('names the machine whose fabric is lost, and has no recording then', async () => {
    const fabric = await open()
    agents[1]?.cutOff()
    await agents[1]?.agent
    await fabric.close()
    expect(fabric.recorder.failure).to.include({ code: 'FABRIC_LOST' })
    expect(fabric.recorder.failure?.message).to.match(/^machine machine-2: /)
  })

  it('judges nothing by clocks that nobody knows well enough', async () => {
    clocks.set('machine-2', (asked) => ({ ...exact(), uncertaintyMs: asked === 0 ? 0.1 : 2.1 }))
    const fabric = await open()
    await fabric.close()
    expect(fabric.recorder.failure).to.include({ code: 'RECORDING_INVALID' })
    expect(fabric.recorder.failure?.message).to.match(/clock of machine machine-2 .* ± 2\.1 ms/)
  })

  it('refuses to connect where no fabric is', async () => {
    const fabric = await open()
    const to = { address: '127.44.9.9', port: 1 }
    let message = ''
    try {
      await fabric.testerNetwork.dial({ to })
    } catch (error) {
      message = String(error)
    }
    expect(message).to.match(/no fabric has the address 127\.44\.9\.9/)
  })
})
