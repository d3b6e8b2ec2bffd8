import type { RecordingSource } from '../../capture/reading/readRecording.ts'
import type { Side } from '../trace.ts'
import type { WitnessAccount } from './account.ts'
import { type Conversation, readConversations } from './conversations.ts'

/** A node whose kernel recorded too. */
export interface WitnessedNode {
  readonly node: string
  readonly address: string
  /** Where the fabric is in the node's network. */
  readonly fabricAddress: string
  readonly recording: RecordingSource
  /** What the recorder says of itself; absent when it said nothing. */
  readonly account: WitnessAccount | undefined
}

/** One way of a wire, as the plan has it; `address:port` each. */
export interface WitnessedWay {
  readonly wire: string
  readonly listen: string
  readonly target: string
}

interface Comparison {
  readonly wires: readonly Conversation[]
  readonly ways: readonly WitnessedWay[]
  readonly disagreements: string[]
}

const sides = ['client', 'server'] as const

/**
 * Compares what the wires recorded with what the kernel of each node did: per connection and direction the same octets in
 * the same order, the same datagrams; and nothing said past the wires. Each disagreement is one sentence.
 *
 * A wire stands between two kernels: it cannot have recorded what its sender never sent, and nothing can have arrived that
 * it did not record. Where a connection ended in order all three are equal; where it was broken off, or a datagram was
 * lost, less may have arrived than was sent.
 */
export async function compareWitness(
  recording: RecordingSource,
  ways: readonly WitnessedWay[],
  nodes: readonly WitnessedNode[],
): Promise<readonly string[]> {
  const wires = (await readConversations(recording)).all
  const comparison: Comparison = { wires, ways, disagreements: [] }
  for (const node of nodes) await compareNode(comparison, node)
  return comparison.disagreements
}

async function compareNode(comparison: Comparison, node: WitnessedNode): Promise<void> {
  const { disagreements } = comparison
  const kernel = await readConversations(node.recording)
  const say = (problem: string) =>
    disagreements.push(`the kernel's recording of ${node.node}: ${problem}`)
  for (const problem of [...kernel.problems, ...accountProblems(node.account, kernel.frames)])
    say(problem)
  const calling = kernel.all.filter(({ client }) => isAt(client, node.address))
  const called = kernel.all.filter(({ server }) => isAt(server, node.address))
  for (const one of kernel.all)
    if (!calling.includes(one) && !called.includes(one) && saysAnything(one))
      say(`${described(one)} is not of this node`)
  compareCalls(comparison, node, calling)
  compareCalled(comparison, node, called)
}

function accountProblems(account: WitnessAccount | undefined, frames: number): string[] {
  if (account === undefined) return ['its recorder gave no account']
  const { captured, received, dropped, problem } = account
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(dropped > 0 ? [`${dropped} frames were dropped`] : []),
    ...(captured + dropped !== received
      ? [`${received - captured - dropped} frames were not written down`]
      : []),
    ...(captured !== frames ? [`${captured} frames were written, ${frames} are there`] : []),
  ]
}

/** The node's own connections: the wire keeps the client's address and port, so that each has one counterpart. */
function compareCalls(
  { wires, ways, disagreements }: Comparison,
  { node, address }: WitnessedNode,
  calls: readonly Conversation[],
): void {
  const left = wires.filter(({ client }) => isAt(client, address))
  for (const call of calls) {
    const way = ways.find(({ listen }) => listen === call.server)
    const at = left.findIndex(
      ({ transport, wire, client }) =>
        transport === call.transport && wire === way?.wire && client === call.client,
    )
    const [recorded] = at < 0 ? [] : left.splice(at, 1)
    if (recorded !== undefined) disagreements.push(...differences(recorded, call, 'client', node))
    else if (saysAnything(call))
      disagreements.push(`${node} said something past the wires: ${described(call)}`)
  }
  for (const recorded of left)
    disagreements.push(`the kernel of ${node} knows nothing of ${described(recorded)}`)
}

/**
 * Connections to the node come from ports of the fabric that the wire's recording does not name: counterparts are found by
 * what was said, equal ones first.
 */
function compareCalled(
  { wires, ways, disagreements }: Comparison,
  { node, address, fabricAddress }: WitnessedNode,
  called: readonly Conversation[],
): void {
  const left = wires.filter(({ server }) => isAt(server, address))
  const past = (one: Conversation) =>
    disagreements.push(`${node} was told something past the wires: ${described(one)}`)
  const isFromFabric = ({ client }: Conversation) => isAt(client, fabricAddress)
  for (const one of called) if (!isFromFabric(one) && saysAnything(one)) past(one)
  const open = called.filter((one) => isFromFabric(one) && !takeEqual(left, one))
  for (const one of open.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    const candidates = left.filter(
      ({ transport, server }) => transport === one.transport && server === one.server,
    )
    const judged = candidates.map((recorded) => ({
      recorded,
      found: differences(recorded, one, 'server', node),
    }))
    const best = judged.toSorted((a, b) => a.found.length - b.found.length)[0]
    if (best !== undefined && (best.found.length === 0 || saysAnything(one))) {
      left.splice(left.indexOf(best.recorded), 1)
      disagreements.push(...best.found)
    } else if (saysAnything(one)) past(one)
  }
  for (const recorded of left)
    if (saysAnything(recorded) && ways.some(({ target }) => target === recorded.server))
      disagreements.push(`the kernel of ${node} knows nothing of ${described(recorded)}`)
}

function takeEqual(left: Conversation[], one: Conversation): boolean {
  const at = left.findIndex(
    ({ transport, server, said }) =>
      transport === one.transport &&
      server === one.server &&
      sides.every((side) => isEqual(said[side], one.said[side])),
  )
  if (at < 0) return false
  left.splice(at, 1)
  return true
}

/** `own`: which side of the connection the node is. */
function differences(
  recorded: Conversation,
  kernel: Conversation,
  own: Side,
  node: string,
): string[] {
  return sides.flatMap((side) => {
    const before = side === own ? kernel.said[side] : recorded.said[side]
    const after = side === own ? recorded.said[side] : kernel.said[side]
    const mayLose = recorded.isReset || kernel.isReset || recorded.transport === 'udp'
    if (isEqual(before, after) || (mayLose && isPartOf(after, before, recorded.transport)))
      return []
    const where = firstDifference(before, after)
    const counts = `${total(recorded.said[side])} octets from the ${side} by the wire, ${total(kernel.said[side])} by the kernel of ${node}`
    return [`${described(recorded)} differs: ${counts}, ${where}`]
  })
}

function isEqual(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((piece, index) => piece.equals(b[index] ?? nothing))
}

/** Octets: a beginning. Datagrams: some of them, in order. */
function isPartOf(
  part: readonly Buffer[],
  whole: readonly Buffer[],
  transport: 'tcp' | 'udp',
): boolean {
  if (transport === 'tcp') {
    const [octets = nothing] = part
    return octets.equals((whole[0] ?? nothing).subarray(0, octets.length))
  }
  let at = 0
  for (const datagram of whole) if (part[at]?.equals(datagram)) at += 1
  return at === part.length
}

const nothing = Buffer.alloc(0)

function firstDifference(a: readonly Buffer[], b: readonly Buffer[]): string {
  const [one, other] = [Buffer.concat(a), Buffer.concat(b)]
  const end = Math.min(one.length, other.length)
  for (let at = 0; at < end; at += 1) if (one[at] !== other[at]) return `first at octet ${at}`
  return one.length === other.length ? 'in how they are divided' : `one ends after ${end} octets`
}

function described({ transport, wire, client, server }: Conversation): string {
  const where = wire.startsWith('interface ') ? '' : ` on wire ${wire}`
  return `${transport === 'tcp' ? 'the connection' : 'the exchange'} from ${client} to ${server}${where}`
}

function saysAnything({ said }: Conversation): boolean {
  return sides.some((side) => said[side].some(({ length }) => length > 0))
}

function lengthOf({ said }: Conversation): number {
  return total(said.client) + total(said.server)
}

function total(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** Whether an `address:port` is at an address. */
function isAt(end: string, address: string): boolean {
  return end.slice(0, end.lastIndexOf(':')) === address
}
