import type { Readable } from 'node:stream'
import { parseJson } from '../protocol/json.ts'
import { makeLineSplitter } from '../protocol/lines.ts'
import type { ControlCommand, ControlReply, StreamReply } from './contract.ts'

export interface StreamControlOptions {
  readonly input: Readable
  readonly carryOut: (command: ControlCommand) => Promise<ControlReply>
  readonly reply: (reply: StreamReply) => void
  /** The input ended: whoever gave the commands is gone. */
  readonly onEnd: () => void
}

/** No command is longer; the same bound as on the control address. */
const longestCommand = 1024 * 1024
/** Commands that may be under way at a time. */
const mostAtATime = 256

/** Takes commands as JSON lines, `{"id":1,"command":{"do":"describe"}}`, and answers each with its number, in any order. */
export function openStreamControl(options: StreamControlOptions): void {
  const { input, reply } = options
  const lines = makeLineSplitter(longestCommand)
  let underWay = 0

  async function take(text: string): Promise<void> {
    const read = readCommand(text)
    if ('because' in read) {
      reply({ reply: read.id, ok: false, code: 2, because: read.because })
      return
    }
    if (underWay >= mostAtATime) {
      const because = `more than ${mostAtATime} commands at a time`
      reply({ reply: read.id, ok: false, code: 1, because })
      return
    }
    underWay += 1
    const answer = await options.carryOut(read.command)
    underWay -= 1
    reply({ reply: read.id, ...answer })
  }

  input.on('data', (bytes: Buffer) => {
    for (const line of lines.push(bytes)) {
      if ('text' in line) void take(line.text)
      else reply({ reply: null, ok: false, code: 2, because: 'the command is too long' })
    }
  })
  input.once('end', options.onEnd)
  input.once('error', options.onEnd)
}

type Read =
  | { readonly id: number; readonly command: ControlCommand }
  | { readonly id: number | null; readonly because: string }

function readCommand(text: string): Read {
  const parsed = parseJson(text)
  if (!parsed.ok) return { id: null, because: parsed.error.message }
  const line: unknown = parsed.value
  const { id, command } = isRecord(line) ? line : {}
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
    return { id: null, because: 'a command line has a whole number as `id`' }
  }
  if (!isRecord(command)) return { id, because: 'a command line has an object as `command`' }
  // What is in it is looked at by who carries it out.
  return { id, command: command as unknown as ControlCommand }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
