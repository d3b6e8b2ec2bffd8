import { BenchError } from '../../protocol/errors.ts'
import { type RecordingSource, readRecording } from '../capture/reading/readRecording.ts'
import type {
  CapturedFrame,
  ReadingProblem,
  RecordedInterface,
} from '../capture/reading/recordingItem.ts'
import { ConnectionTable } from './connectionTable.ts'
import type { DraftPrimitive } from './http/exchange.ts'
import { traceJourneys } from './journeys.ts'
import { CanarySearch } from './knowledge.ts'
import { decodeFrame } from './packets/decodePacket.ts'
import { Problems } from './problems.ts'
import { KeyLog } from './tls/keyLog.ts'
import { SessionTickets } from './tls/sessionTickets.ts'
import type { Canary, CanaryKnowledge, Trace, WireTrace } from './trace.ts'

export interface DissectOptions {
  /** Nodes by address, or by `address:port`; they take precedence over the names in the recording. */
  readonly hosts?: ReadonlyMap<string, string>
  /** NSS key-log lines besides those in the recording. */
  readonly extraSecrets?: readonly string[]
  /** Markers to search for in everything recorded. */
  readonly canaries?: readonly Canary[]
}

export interface Dissection {
  readonly trace: Trace
  /** One per canary, in their order. */
  readonly knowledge: readonly CanaryKnowledge[]
}

/**
 * Judges a recording: what was connected, how it was protected, what was said, and who could read it. The recording is
 * read twice, first for names and secrets alone, so that a secret counts wherever in the file it is; nothing but one
 * chunk, the streams under way and what the trace names is kept. Rejects with FILE_UNREADABLE, or RECORDING_INVALID
 * for what is no recording; a recording with something wrong in it is read and says so in `trace.recording.problems`.
 */
export async function dissect(
  source: RecordingSource,
  options: DissectOptions = {},
): Promise<Dissection> {
  const path = typeof source === 'string' ? source : ''
  try {
    const { keyLog, names } = await readSecrets(source, options)
    const pass = new DissectionPass(keyLog, names, options.canaries ?? [])
    for await (const items of readRecording(source))
      for (const item of items) {
        if (item.kind === 'frame') pass.frame(item)
        else if (item.kind === 'interface') pass.interface(item.interface)
        else if (item.kind === 'problem') pass.problem(item, path)
      }
    return pass.finish(path)
  } catch (error) {
    throw error instanceof BenchError ? error : unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) return cause
  return new BenchError('FILE_UNREADABLE', `${path}: ${cause.message}`, {
    remedy: 'give the path of a recording, a pcapng or pcap file',
    cause,
  })
}

interface SecretsAndNames {
  readonly keyLog: KeyLog
  readonly names: ReadonlyMap<string, string>
}

async function readSecrets(
  source: RecordingSource,
  options: DissectOptions,
): Promise<SecretsAndNames> {
  const keyLog = new KeyLog()
  const names = new Map<string, string>()
  for (const line of options.extraSecrets ?? []) keyLog.add(line)
  for await (const items of readRecording(source))
    for (const item of items) {
      if (item.kind === 'secrets') for (const line of item.lines) keyLog.add(line)
      else if (item.kind === 'name' && !names.has(item.address)) names.set(item.address, item.name)
    }
  for (const [address, node] of options.hosts ?? []) names.set(address, node)
  return { keyLog, names }
}

interface WireCount {
  frames: number
  bytes: number
}

/** The second reading of a recording. */
class DissectionPass {
  readonly #problems = new Problems()
  readonly #wires = new Map<string, WireCount>()
  readonly #primitives: DraftPrimitive[] = []
  readonly #answers = new Map<DraftPrimitive, DraftPrimitive>()
  readonly #search: CanarySearch
  readonly #table: ConnectionTable
  #frames = 0

  constructor(keyLog: KeyLog, names: ReadonlyMap<string, string>, canaries: readonly Canary[]) {
    this.#search = new CanarySearch(canaries)
    this.#table = new ConnectionTable({
      context: {
        keyLog,
        tickets: new SessionTickets(),
        search: this.#search,
        primitive: (primitive, answers) => {
          this.#primitives.push(primitive)
          if (answers !== undefined) this.#answers.set(answers, primitive)
        },
      },
      problems: this.#problems,
      nodeOf: (address) => names.get(address),
    })
  }

  interface({ name }: RecordedInterface): void {
    if (!this.#wires.has(name)) this.#wires.set(name, { frames: 0, bytes: 0 })
  }

  frame(frame: CapturedFrame): void {
    this.#frames = frame.frame
    const wire = this.#wires.get(frame.interface.name)
    if (wire !== undefined) wire.frames++
    const decoded = decodeFrame(frame.interface.linkType, frame.data)
    if (decoded.kind === 'problem') this.#problems.add(`frame ${frame.frame}: ${decoded.message}`)
    if (decoded.kind !== 'packet') return
    if (wire !== undefined) wire.bytes += decoded.packet.payload.length
    const ref = { wire: frame.interface.name, frame: frame.frame }
    this.#table.packet(decoded.packet, { ref, atMs: frame.atMs })
  }

  problem(problem: ReadingProblem, path: string): void {
    if (problem.code === 'foreign')
      throw new BenchError('RECORDING_INVALID', `${path}: ${problem.message}`, {
        remedy: 'give a recording: a pcapng file of the bench, or a pcap file of tcpdump',
      })
    this.#problems.add(`${problem.message} (${problem.code}, offset ${problem.offset})`)
  }

  finish(path: string): Dissection {
    this.#table.finish()
    const { connections } = this.#table
    const requests = this.#primitives.filter((primitive) => primitive.kind === 'request')
    const answered = requests.map((request) => ({ request, response: this.#answers.get(request) }))
    const trace: Trace = {
      recording: { path, frames: this.#frames, problems: this.#problems.list() },
      wires: [...this.#wires].map(
        ([wire, count]): WireTrace => ({
          wire,
          ...count,
          connections: connections.filter((connection) => connection.wire === wire),
        }),
      ),
      connections,
      primitives: this.#primitives,
      journeys: traceJourneys(answered),
    }
    return { trace, knowledge: this.#search.result() }
  }
}
