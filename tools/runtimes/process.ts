import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { BenchError } from '../../protocol/errors.ts'
import { reserveAddressBlock } from './addressBlock.ts'
import { hostedRuntime } from './hosted.ts'
import type { Journal } from './journal.ts'
import type {
  HostedAgent,
  HostedProgram,
  HostOptions,
  NodeHost,
  NodeStart,
  ProgramEnd,
} from './nodeHost.ts'
import { startTimeOf } from './processes.ts'
import type { Runtime } from './runtime.ts'

/** Programs are started side by side, and each loads our code for itself. */
const defaultReadyTimeoutMs = 20_000

/** Every node, and the fabric, a process of this machine on loopback addresses. */
export function processRuntime(options: { readonly journal?: Journal } = {}): Runtime {
  return hostedRuntime({
    name: 'process',
    reserve: reserveAddressBlock,
    openHost: async (hostOptions) => new ProcessHost(hostOptions),
    defaultReadyTimeoutMs,
    programs: ['command'],
    ...options,
  })
}

const top = join(import.meta.dirname, '..', '..')
/** Nothing of this process's own; and what was compiled once is not compiled again: a quarter of the start-up time is left. */
const environment = { NODE_COMPILE_CACHE: join(top, '.bench', 'compile-cache') }

class ProcessHost implements NodeHost {
  readonly #options: HostOptions
  readonly #programs: HostedProgram[] = []
  readonly #undo: (() => unknown)[] = []
  #isClosing = false

  constructor(options: HostOptions) {
    this.#options = options
  }

  async startAgent(): Promise<HostedAgent> {
    const recordingPath = join(this.#options.folder, 'agent.pcapng')
    const forget = this.#options.journal.add([{ kind: 'file', path: recordingPath }])
    this.#undo.push(async () => {
      await rm(recordingPath, { force: true })
      forget()
    })
    const program = await this.#start('fabric agent', [
      process.execPath,
      join(top, 'tools/fabric/agent/main.ts'),
    ])
    return { ...program, recordingPath }
  }

  async startNode({ node, configure }: NodeStart): Promise<HostedProgram> {
    const { folder } = this.#options
    const file = join(folder, `${node.name}.json`)
    const text = JSON.stringify(configure(join(folder, 'keys')), null, 2)
    await writeFile(file, text, { mode: 0o600 })
    const own = [process.execPath, join(top, 'nodes/main.ts')]
    return this.#start(node.name, [...(node.program?.command ?? own), file])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    await Promise.all(this.#programs.map((program) => program.kill()))
    for (const undo of this.#undo.reverse()) await undo()
  }

  async #start(name: string, words: readonly string[]): Promise<HostedProgram> {
    if (this.#isClosing) throw new BenchError('INTERRUPTED', `${name} was given up`)
    // A process group of its own: Ctrl-C is for the bench, which then ends them in order.
    const [program = '', ...rest] = words
    const child = spawn(program, rest, {
      stdio: 'pipe',
      detached: true,
      env: environment,
      cwd: top,
    })
    const running = programOf(child)
    this.#programs.push(running)
    const { pid } = child
    if (pid === undefined) {
      const { because } = await running.ended
      throw new BenchError('NODE_START_FAILED', `${name} cannot be started: ${because}`)
    }
    const startTime = startTimeOf(pid) ?? ''
    this.#undo.push(this.#options.journal.add([{ kind: 'process', pid, startTime, program: name }]))
    return running
  }
}

function programOf(child: ChildProcess & Streams): HostedProgram {
  const ended: Promise<ProgramEnd> = once(child, 'exit').then(
    ([code, signal]: unknown[]) =>
      typeof code === 'number'
        ? { code, because: `exit code ${code}` }
        : { because: `ended by ${String(signal)}` },
    (error: unknown) => ({ because: String(error) }),
  )
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

interface Streams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}
