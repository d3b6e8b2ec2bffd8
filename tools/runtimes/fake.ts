import type { ControlCommand, ControlReply, NodeEvent } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import { exampleAddressing } from '../../topologies/addressing.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makeRecorder } from '../capture/pcapngWriter.ts'
import type { Recorder } from '../capture/recorder.ts'
import type { RecordingSink } from '../capture/recordingSink.ts'
import type { Fabric, Wire, WireEvent, WireOptions } from '../fabric/fabric.ts'
import { localTesterNetwork } from '../fabric/localTesterNetwork.ts'
import { type EventLog, openEventLog } from './eventLog.ts'
import { openJournal } from './journal.ts'
import type { BringUpOptions, Runtime, Testbed } from './runtime.ts'
import { startFailure } from './startFailure.ts'
import { makeTestbedFolder } from './testbedFolder.ts'

export interface FakeOptions {
  /** Where the journal is kept; default: this checkout. */
  readonly benchFolder?: string
  /** The node that does not come up. */
  readonly failsAt?: string
  /** Takes the recording instead of a file; one that throws stands for a full disk. */
  readonly sink?: RecordingSink
  /** What the nodes answer; default: they have nothing (127). */
  readonly control?: (node: string, command: ControlCommand) => ControlReply
}

export interface FakeRuntime extends Runtime {
  /** What was done, in order, e.g. `up reference`, `control ae1 request`, `cut ae1-cse1`, `stop reference`. */
  readonly calls: readonly string[]
  /** Testbeds that are up. */
  readonly running: number
}

/** A runtime without nodes and sockets, for tests of what is built on runtimes. Its recordings are real, and empty. */
export function fakeRuntime(options: FakeOptions = {}): FakeRuntime {
  const calls: string[] = []
  let running = 0

  async function bringUp(plan: Plan, { folder: path, signal }: BringUpOptions): Promise<Testbed> {
    calls.push(`up ${plan.name}`)
    if (signal?.aborted === true) {
      throw new BenchError('INTERRUPTED', 'interrupted before the network came up')
    }
    const folder = await makeTestbedFolder(plan, {
      path,
      journal: openJournal(options.benchFolder),
    })
    const log = openEventLog(folder.path)
    const { sink } = options
    const recorder = await makeRecorder(folder.recording, sink === undefined ? {} : { sink })
    const fabric = fakeFabric(plan, { recorder, calls })
    let stopping: Promise<void> | undefined
    running += 1
    const stop = () => {
      stopping ??= end()
      return stopping
    }
    async function end(): Promise<void> {
      calls.push(`stop ${plan.name}`)
      running -= 1
      await fabric.close()
      await log.close()
      folder.forget()
    }
    try {
      sayReady(plan, { log, failsAt: options.failsAt })
    } catch (error) {
      await stop()
      throw error
    }
    return {
      plan,
      folder: folder.path,
      recordingPath: folder.recording,
      fabric,
      testerNetwork: localTesterNetwork(),
      events: log.events,
      async control(node, command) {
        calls.push(`control ${node} ${command.do}`)
        const nothing: ControlReply = { ok: false, code: 127, because: 'a fake node has nothing' }
        return options.control?.(node, command) ?? nothing
      },
      waitFor: (what, matches, timeoutMs) => log.waitFor({ what, matches, timeoutMs, signal }),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  }

  return {
    name: 'fake',
    reserve: async () => ({
      addressing: exampleAddressing,
      release: async () => {},
      [Symbol.asyncDispose]: async () => {},
    }),
    bringUp,
    calls,
    get running() {
      return running
    },
  }
}

/** Every node is ready and registered in start order, without a wait. */
function sayReady(
  plan: Plan,
  { log, failsAt }: { log: EventLog; failsAt: string | undefined },
): void {
  for (const { name } of plan.nodes) {
    const stamp = { node: name, atMs: Date.now() }
    if (name === failsAt) {
      log.add({ ...stamp, event: 'error', because: 'told to fail' })
      throw startFailure(name, log.lastLines(name), 'it was told to fail')
    }
    log.add({ ...stamp, event: 'ready', contractVersion: 1, version: '0', listeners: [] })
    for (const event of registrations(plan, stamp)) {
      log.add(event)
    }
  }
}

function registrations(plan: Plan, stamp: { node: string; atMs: number }): NodeEvent[] {
  const own = plan.links.filter(({ registree }) => registree.node === stamp.node)
  return own.flatMap(({ referencePoint, registree, registrar }) =>
    registree.entities.map((name): NodeEvent => {
      const entity = referencePoint === 'Mcc' ? 'cse' : name
      return { ...stamp, event: 'registered', entity, registrar: registrar.node, rsc: 2001 }
    }),
  )
}

function fakeFabric(plan: Plan, site: { recorder: Recorder; calls: string[] }): Fabric {
  const listeners: ((event: WireEvent) => void)[] = []
  const wires = new Map<string, Wire>()
  let closing: Promise<void> | undefined

  function addWire(options: WireOptions): Wire {
    const { name } = options
    const announce = (event: WireEvent['event'], detail?: string) => {
      site.calls.push(`${event} ${name}`)
      for (const listener of listeners) {
        listener({
          wire: name,
          atMs: Date.now(),
          event,
          ...(detail === undefined ? {} : { detail }),
        })
      }
    }
    const wire: Wire = {
      name,
      options,
      impair: async (impairment) => announce('impaired', JSON.stringify(impairment)),
      redirect: async (_way, target) => announce(target === null ? 'restored' : 'redirected'),
      cut: async () => announce('cut'),
      heal: async () => announce('healed'),
      stats: { connections: 0, open: 0, bytes: 0 },
    }
    site.recorder.addWire(name)
    wires.set(name, wire)
    return wire
  }

  const close = () => {
    closing ??= site.recorder.close()
    return closing
  }
  for (const { wire, transport, toRegistrar, toRegistree } of plan.links) {
    addWire({ name: wire, transport, ways: [toRegistrar, ...toRegistree], seed: plan.seed })
  }
  return {
    recorder: site.recorder,
    wires,
    addWire: async (options) => addWire(options),
    onEvent: (listener) => void listeners.push(listener),
    close,
    [Symbol.asyncDispose]: close,
  }
}
