import type { NodeEvent, StreamReply } from '../../nodes/contract.ts'
import { parseJson } from '../../protocol/json.ts'

/** One line of a node's standard output. A node is outside: what it says is checked before it is believed. */
export type NodeLine =
  | { readonly kind: 'event'; readonly event: NodeEvent }
  | { readonly kind: 'reply'; readonly reply: StreamReply }
  | { readonly kind: 'secret'; readonly line: string }
  | { readonly kind: 'nonsense'; readonly because: string }

type Member = 'text' | 'number' | 'truth' | 'list'

const exchange = { entity: 'text', op: 'number', from: 'text', to: 'text', rqi: 'text' } as const
const registration = { entity: 'text', registrar: 'text' } as const

/** What each event of the contract has in any case, besides node and time. */
const members: Readonly<Record<NodeEvent['event'], Readonly<Record<string, Member>>>> = {
  ready: { contractVersion: 'number', version: 'text', listeners: 'list' },
  registered: registration,
  'registration-failed': registration,
  association: { role: 'text', peer: 'text', pskIdentity: 'text', suite: 'text', version: 'text' },
  'association-failed': { role: 'text', because: 'text' },
  request: exchange,
  response: exchange,
  forward: exchange,
  notify: exchange,
  decision: { entity: 'text', rqi: 'text', granted: 'truth', because: 'text' },
  misbehaviour: { name: 'text' },
  'load-ended': { entity: 'text', state: 'text' },
  error: { because: 'text' },
  stopped: {},
}

const isMember: Readonly<Record<Member, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  truth: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
}

/** `node`: the name of the node in the plan, whatever it calls itself. */
export function readNodeLine(text: string, node: string): NodeLine {
  const parsed = parseJson(text)
  const line: unknown = parsed.ok ? parsed.value : undefined
  if (!isRecord(line)) return { kind: 'nonsense', because: `${excerpt(text)} is no JSON object` }
  if (line.reply !== undefined) return readReply(line, text)
  const { event } = line
  if (event === 'key-log') {
    return typeof line.line === 'string'
      ? { kind: 'secret', line: line.line }
      : { kind: 'nonsense', because: 'a key-log line without its line' }
  }
  if (typeof event !== 'string' || !Object.hasOwn(members, event)) {
    return { kind: 'nonsense', because: `${excerpt(text)} is no event of the contract` }
  }
  const wanted = Object.entries({
    atMs: 'number' as const,
    ...members[event as keyof typeof members],
  })
  const wrong = wanted.find(([name, member]) => !isMember[member](line[name]))
  if (wrong !== undefined) {
    return { kind: 'nonsense', because: `the event ${event} has no ${wrong[1]} as ${wrong[0]}` }
  }
  // Checked member by member just above.
  return { kind: 'event', event: { ...line, node } as unknown as NodeEvent }
}

function readReply(line: Readonly<Record<string, unknown>>, text: string): NodeLine {
  const { reply, ok, value, code, because } = line
  if (reply === null || Number.isSafeInteger(reply)) {
    const number = reply as number | null
    if (ok === true) return { kind: 'reply', reply: { reply: number, ok, value } }
    if (ok === false && (code === 127 || code === 2 || code === 1)) {
      return { kind: 'reply', reply: { reply: number, ok, code, because: String(because) } }
    }
  }
  return { kind: 'nonsense', because: `${excerpt(text)} is no reply to a command` }
}

/** The beginning of what was said, without anything that could be a key. */
export function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 200).replaceAll(/[0-9a-f]{32,}/gi, '…'))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
