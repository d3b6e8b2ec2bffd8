import { once } from 'node:events'
import type {
  ControlCommand,
  ControlReply,
  NodeEvent,
  RunningNode,
  StreamCommand,
} from '../../nodes/contract.ts'
import { BenchError, type ErrorCode } from '../../protocol/errors.ts'
import { type Line, makeLineSplitter } from '../../protocol/lines.ts'
import { bounded, interruption } from './bounded.ts'
import type { EventLog } from './eventLog.ts'
import { lastWords } from './lastWords.ts'
import type { HostedProgram } from './nodeHost.ts'
import { excerpt, readNodeLine } from './nodeLine.ts'

export interface HostedNodeOptions {
  readonly name: string
  readonly program: HostedProgram
  readonly log: Pick<EventLog, 'add'>
  readonly onSecret: (line: string) => void
  /** Aborted: the node is not waited for any longer. */
  readonly signal: AbortSignal
}

/** A list of received requests is the longest thing a node says. */
const longestLine = 16 * 1024 * 1024
/** A node bounds its own waits far below this. */
const replyWithinMs = 30_000
/** What a program said last may come after the news of its end. */
const lastLinesWithinMs = 500

/** Exit codes of the contract. */
const codeOfExit: Readonly<Record<number, ErrorCode>> = {
  2: 'NODE_CONFIGURATION_INVALID',
  127: 'UNSUPPORTED',
}

/**
 * A node that runs as a program somewhere, controlled over its streams. Resolves when it is ready.
 * @throws BenchError NODE_START_FAILED, NODE_CONFIGURATION_INVALID, UNSUPPORTED, INTERRUPTED
 */
export async function awaitHostedNode(options: HostedNodeOptions): Promise<RunningNode> {
  const node = new HostedNode(options)
  await node.whenReady
  return node
}

type Ready = RunningNode['ready']

class HostedNode implements RunningNode {
  readonly name: string
  readonly whenReady: Promise<void>
  readonly #options: HostedNodeOptions
  readonly #pending = new Map<number, (reply: ControlReply) => void>()
  readonly #words: () => string
  readonly #settle: { resolve: () => void; reject: (error: Error) => void }
  #ready: Ready | undefined
  #commands = 0
  #end: string | undefined
  #isStopping = false
  #stopped: Promise<void> | undefined

  constructor(options: HostedNodeOptions) {
    const { program, signal, name } = options
    this.name = name
    this.#options = options
    this.#words = lastWords(program.stderr)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.whenReady = promise
    this.#settle = { resolve, reject }
    const interrupted = () => reject(interruption(`${name} to become ready`))
    signal.addEventListener('abort', interrupted, { once: true })
    if (signal.aborted) interrupted()
    const lines = makeLineSplitter(longestLine)
    program.stdout.on('data', (bytes: Buffer) => {
      for (const line of lines.push(bytes)) this.#take(line)
    })
    program.stdout.on('error', () => {})
    program.stdin.on('error', () => {})
    void this.#watchEnd()
  }

  get ready(): Ready {
    if (this.#ready === undefined) throw new BenchError('INTERNAL', `${this.name} is not ready yet`)
    return this.#ready
  }

  async control(command: ControlCommand): Promise<ControlReply> {
    if (this.#end !== undefined) return { ok: false, code: 1, because: this.#end }
    this.#commands += 1
    const id = this.#commands
    const { promise, resolve } = Promise.withResolvers<ControlReply>()
    this.#pending.set(id, resolve)
    const line: StreamCommand = { id, command }
    this.#options.program.stdin.write(`${JSON.stringify(line)}\n`)
    const what = `${this.name} to answer the command ${command.do}`
    return await bounded(promise, { what, timeoutMs: replyWithinMs }).finally(() =>
      this.#pending.delete(id),
    )
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    const { program } = this.#options
    this.#isStopping = true
    await this.control({ do: 'stop' })
    program.stdin.end()
    await program.ended
  }

  #take(line: Line): void {
    if (!('text' in line)) {
      this.#takeNonsense(`a line of more than ${longestLine} bytes`)
      return
    }
    const read = readNodeLine(line.text, this.name)
    if (read.kind === 'event') this.#takeEvent(read.event)
    else if (read.kind === 'secret') this.#options.onSecret(read.line)
    else if (read.kind === 'nonsense') this.#takeNonsense(read.because)
    else if (read.reply.reply !== null) {
      const { reply, ...answer } = read.reply
      this.#pending.get(reply)?.(answer)
    }
  }

  #takeEvent(event: NodeEvent): void {
    this.#options.log.add(event)
    if (event.event !== 'ready' || this.#ready !== undefined) return
    this.#ready = event
    this.#settle.resolve()
  }

  /** Before it is ready this is reason enough to give it up; afterwards it is noted. */
  #takeNonsense(because: string): void {
    this.#report(`it said what is not in the contract: ${because}`)
    this.#settle.reject(
      new BenchError('NODE_START_FAILED', `${this.name} said, before it was ready: ${because}`, {
        remedy:
          'a node says nothing on standard output but the lines of docs/bring-your-own-node.md',
      }),
    )
  }

  async #watchEnd(): Promise<void> {
    const { program } = this.#options
    const { code, because } = await program.ended
    const heard = program.stdout.readableEnded ? Promise.resolve() : once(program.stdout, 'close')
    await bounded(
      Promise.resolve(heard).then(() => {}),
      {
        what: 'its last lines',
        timeoutMs: lastLinesWithinMs,
      },
    ).catch(() => {})
    const words = this.#words()
    this.#end = `the program of ${this.name} has ended (${because})`
    for (const answer of this.#pending.values()) {
      answer({ ok: false, code: 1, because: this.#end })
    }
    if (!this.#isStopping)
      this.#report(words === '' ? this.#end : `${this.#end}: ${excerpt(words)}`)
    this.#settle.reject(
      new BenchError(
        codeOfExit[code ?? 0] ?? 'NODE_START_FAILED',
        words === '' ? this.#end : `${this.#end}:\n${words}`,
      ),
    )
  }

  #report(because: string): void {
    this.#options.log.add({ node: this.name, atMs: Date.now(), event: 'error', because })
  }
}
