import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  AeConfiguration,
  ControlCommand,
  CseConfiguration,
  NodeConfiguration,
  NodeEvent,
  NodeKind,
  OutboundSecurity,
  RunningNode,
} from '../../nodes/contract.ts'
import { startNode } from '../../nodes/startNode.ts'
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import type { ResponsePrimitive } from '../../protocol/primitive.ts'
import { seededHex } from '../../protocol/random.ts'

export const suite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'
export const loopback = '127.0.0.1'

export interface Pair {
  /** KpsaID. */
  readonly id: string
  readonly keyHex: string
  readonly keyFile: string
}

/** Nodes under test on real sockets, with everything they said and every key they logged; ends all of them. */
export interface TestNetwork {
  readonly folder: string
  readonly events: NodeEvent[]
  readonly keyLog: string[]
  /** A key of the pair, its file written. */
  credential(id: string): Promise<Pair>
  start(configuration: NodeConfiguration): Promise<RunningNode>
  waitFor(what: string, matches: (event: NodeEvent) => boolean): Promise<NodeEvent>
  /** To be ended with the network, after its nodes. */
  defer(end: () => Promise<void>): void
  stop(): Promise<void>
}

export async function makeNetwork(): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'nodes-test-'))
  const events: NodeEvent[] = []
  const keyLog: string[] = []
  const nodes: RunningNode[] = []
  const deferred: (() => Promise<void>)[] = []
  const waiting = new Set<(event: NodeEvent) => void>()
  const emit = (event: NodeEvent) => {
    events.push(event)
    for (const each of waiting) each(event)
  }
  return {
    folder,
    events,
    keyLog,
    credential: async (id) => {
      const keyHex = seededHex(1, id, 32)
      const keyFile = join(folder, `${id}.key`)
      await writeFile(keyFile, `${keyHex}\n`, { mode: 0o600 })
      return { id, keyHex, keyFile }
    },
    start: async (configuration) => {
      const environment = { emit, keyLog: (line: string) => keyLog.push(line), now: Date.now }
      const node = await startNode(configuration, environment)
      nodes.push(node)
      return node
    },
    waitFor: (what, matches) => {
      const past = events.find(matches)
      if (past) return Promise.resolve(past)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`no ${what} within 3 s; last: ${JSON.stringify(events.slice(-3))}`))
        }, 3000)
        const look = (event: NodeEvent) => {
          if (!matches(event)) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(event)
        }
        waiting.add(look)
      })
    },
    defer: (end) => deferred.push(end),
    stop: async () => {
      for (const node of nodes.splice(0).reverse()) await node.stop()
      for (const end of deferred.splice(0)) await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export function node(
  name: string,
  kind: NodeKind,
  parts: { cse?: CseConfiguration; aes?: AeConfiguration[]; misbehaviours?: string[] } = {},
): NodeConfiguration {
  const { cse, aes = [], misbehaviours = [] } = parts
  const own = {
    contractVersion: 1,
    name,
    kind,
    seed: 7,
    spId: 'sp.example',
    address: loopback,
  } as const
  return { ...own, ...(cse ? { cse } : {}), aes, misbehaviours, answerTimeoutMs: 2000 }
}

export function outbound(pair: Pair, peer: string): OutboundSecurity {
  return { saef: 'psk', suites: [suite], credential: { id: pair.id, keyFile: pair.keyFile, peer } }
}

export async function ask(
  running: RunningNode,
  entity: string,
  request: OutgoingRequest,
): Promise<RequestOutcome> {
  return (await tell(running, { do: 'request', entity, request })) as RequestOutcome
}

/** The response, or a failure that says why there is none. */
export async function answerTo(
  running: RunningNode,
  entity: string,
  request: OutgoingRequest,
): Promise<ResponsePrimitive> {
  const outcome = await ask(running, entity, request)
  if (outcome.outcome === 'response') return outcome.response
  throw new Error(`no response: ${outcome.cause}, ${outcome.because}`)
}

export async function tell(running: RunningNode, command: ControlCommand): Promise<unknown> {
  const reply = await running.control(command)
  if (reply.ok) return reply.value
  throw new Error(`control ${command.do}: ${reply.code} ${reply.because}`)
}
