import { seededInt } from '../../protocol/random.ts'
import type { Recorder } from '../capture/recorder.ts'
import type { Impairment, Wire, WireEvent, WireOptions, WireWay } from './fabric.ts'
import { openTcpWay } from './tcpWay.ts'
import { openUdpWay } from './udpWay.ts'
import type { OpenWay } from './way.ts'

/** Connections a wire carries at a time; more are refused. */
const mostConnections = 4096
const million = 1_000_000

export interface OpenWire extends Wire {
  close(): Promise<void>
}

export interface WireEnvironment {
  readonly recorder: Recorder
  announce(event: WireEvent['event'], detail?: string): void
}

/** State of a wire that its ways share. */
interface WireState {
  impairment: Impairment
  isCut: boolean
  connections: number
  open: number
  bytes: number
  datagrams: number
}

/** Opens all ways of a wire, or none. @throws BenchError ADDRESS_IN_USE, CAPABILITY_MISSING */
export async function openWire(
  options: WireOptions,
  environment: WireEnvironment,
): Promise<OpenWire> {
  const { announce } = environment
  const state: WireState = {
    impairment: options.impairment ?? {},
    isCut: false,
    connections: 0,
    open: 0,
    bytes: 0,
    datagrams: 0,
  }
  const ways = await openWays(options, environment, state)
  announce('opened', ways.map((way) => `${way.listen.address}:${way.listen.port}`).join(' '))
  if (options.impairment !== undefined) {
    announce('impaired', JSON.stringify(options.impairment))
  }
  return {
    name: options.name,
    options: {
      ...options,
      ways: options.ways.map((way, index) => ({ ...way, ...placed(ways[index]) })),
    },
    async impair(impairment) {
      state.impairment = impairment
      announce('impaired', JSON.stringify(impairment))
    },
    async redirect(index, target) {
      ways[index]?.redirect(target)
      const where = target === null ? '' : ` to ${target.address}:${target.port}`
      announce(target === null ? 'restored' : 'redirected', `way ${index}${where}`)
    },
    async cut() {
      state.isCut = true
      announce('cut')
      for (const way of ways) {
        way.abortAll()
      }
    },
    async heal() {
      state.isCut = false
      announce('healed')
    },
    get stats() {
      return { connections: state.connections, open: state.open, bytes: state.bytes }
    },
    async close() {
      await Promise.all(ways.map((way) => way.close()))
      announce('closed')
    },
  }
}

function placed(way: OpenWay | undefined): { listen?: WireWay['listen'] } {
  return way === undefined ? {} : { listen: way.listen }
}

async function openWays(
  options: WireOptions,
  environment: WireEnvironment,
  state: WireState,
): Promise<OpenWay[]> {
  const { announce } = environment
  const recorder = environment.recorder.addWire(options.name)
  const shared = {
    wire: options.name,
    recorder,
    impairment: () => state.impairment,
    accepts: () => !state.isCut && state.open < mostConnections,
    onOpened(from: string) {
      state.connections += 1
      state.open += 1
      announce('connection-opened', from)
    },
    onClosed(from: string) {
      state.open -= 1
      announce('connection-closed', from)
    },
    onUnreachable: (because: string) => announce('unreachable', because),
    onBytes(count: number) {
      state.bytes += count
    },
  }
  const udp = {
    accepts: () => !state.isCut,
    loses: () => loses(options, state),
    onDropped: (detail: string) => announce('dropped', detail),
  }
  const opened: OpenWay[] = []
  try {
    for (const way of options.ways) {
      opened.push(
        options.transport === 'tcp'
          ? await openTcpWay({ ...shared, way })
          : await openUdpWay({ ...shared, ...udp, way }),
      )
    }
  } catch (error) {
    await Promise.all(opened.map((way) => way.close()))
    throw error
  }
  return opened
}

/** The same datagrams, by number, are lost whenever the seed is the same. */
function loses(options: WireOptions, state: WireState): boolean {
  const share = state.impairment.drop ?? 0
  if (share <= 0) {
    return false
  }
  state.datagrams += 1
  const label = `drop ${options.name} ${state.datagrams}`
  return seededInt(options.seed, label, { min: 0, max: million - 1 }) < share * million
}
