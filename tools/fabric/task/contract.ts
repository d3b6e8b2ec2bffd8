/** What the bench and a task of a swarm say to each other, over a stream that both ends have authenticated. */
import { BenchError } from '../../../protocol/errors.ts'
import { parseJson } from '../../../protocol/json.ts'

/** The one argument of a task's program, as JSON. Holds nothing secret. */
export interface TaskArgument {
  /** Name of the task, which is its identity. */
  readonly name: string
  /** The relay, or a gateway to it. */
  readonly relay: { readonly address: string; readonly port: number }
  /** Passes connections at this port on to the relay: for tasks that share no network with it. */
  readonly gatewayPort?: number
}

/** Where a task finds the key it shares with the bench: 32 octets in hexadecimal. */
export const taskKeyPath = '/run/secrets/bench-task-key'
/** Where a task keeps what its program needs or makes: memory of its container. */
export const taskFolder = '/run/bench'
/** Where a program finds its files. */
export const programFolder = `${taskFolder}/program`
export const relayPort = 4747

/** TLS with a key that both ends hold, and forward secrecy, so that a task's key opens no older recording. */
export const taskCiphers = 'ECDHE-PSK-CHACHA20-POLY1305'

export type TaskRequest =
  | StartRequest
  /** Ends the program at once, and removes whatever it left; answered when that is done. */
  | { readonly do: 'reset' }
  /** What time it is on that machine. */
  | { readonly do: 'clock' }

export interface StartRequest {
  readonly do: 'start'
  readonly program: string
  readonly words: readonly string[]
  /** Put into `programFolder`, 0600; what was there before is gone. */
  readonly files: readonly TaskFile[]
  /** Channel of standard input (from the bench) and output (to it). */
  readonly standard: number
  readonly errors: number
}

export interface TaskFile {
  /** Name without folders. */
  readonly name: string
  readonly base64: string
}

export interface ClockReply {
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number
}

/** What a task tells by itself: its program has ended. */
export interface ProgramEnded {
  readonly ended: { readonly code?: number; readonly because: string }
}

const longestArgument = 4096
const mostFiles = 1000
const mostWords = 100

/** @throws BenchError USAGE */
export function parseTaskArgument(text: string | undefined): TaskArgument {
  const parsed = parseJson((text ?? '').slice(0, longestArgument))
  const value = parsed.ok ? parsed.value : undefined
  const { name, relay, gatewayPort } = record(value)
  const { address, port } = record(relay)
  if (isName(name) && typeof address === 'string' && isPort(port)) {
    const gateway = isPort(gatewayPort) ? { gatewayPort } : {}
    return { name, relay: { address, port }, ...gateway }
  }
  throw new BenchError('USAGE', 'a task takes one argument: its name and its relay, as JSON')
}

/** @throws BenchError INTERNAL for what is no request */
export function parseTaskRequest(value: unknown): TaskRequest {
  const request = record(value)
  if (request.do === 'reset' || request.do === 'clock') return { do: request.do }
  const { program, words, files, standard, errors } = request
  if (
    request.do === 'start' &&
    typeof program === 'string' &&
    isList(words, mostWords, isText) &&
    isList(files, mostFiles, isFile) &&
    isNumber(standard) &&
    isNumber(errors)
  ) {
    return { do: 'start', program, words, files, standard, errors }
  }
  throw new BenchError('INTERNAL', 'a request that a task does not know')
}

/** @throws BenchError FABRIC_LOST for what is no announcement of a task */
export function parseProgramEnded(value: unknown): ProgramEnded['ended'] {
  const { code, because } = record(record(value).ended)
  if (typeof because === 'string') {
    return { because: because.slice(0, 200), ...(isNumber(code) ? { code } : {}) }
  }
  throw new BenchError('FABRIC_LOST', 'a task says what no task says')
}

function isFile(value: unknown): value is TaskFile {
  const { name, base64 } = record(value)
  return isFileName(name) && typeof base64 === 'string'
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^\w[\w.-]{0,199}$/.test(value)
}

/** One that stays in its folder. Keys are named by identifiers such as `k1@provider.example`. */
function isFileName(value: unknown): value is string {
  return typeof value === 'string' && /^[^/\0]{1,255}$/.test(value) && !/^\.\.?$/.test(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isPort(value: unknown): value is number {
  return isNumber(value) && value >= 1 && value <= 65_535
}

function isList<T>(
  value: unknown,
  most: number,
  isItem: (item: unknown) => item is T,
): value is readonly T[] {
  return Array.isArray(value) && value.length <= most && value.every(isItem)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
