import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const project = join(import.meta.dirname, '..', '..', '..')
/** Not part of what runs, or different in every checkout. */
const leftOut: ReadonlySet<string> = new Set(['node_modules', 'runs', 'test', 'docs'])

/** How a start of `./bench` ended. */
export interface Ended {
  /** As a shell shows it: 128 and the number of the signal that ended it. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Called with all that was printed so far, on both outputs, whenever there is more. */
  readonly onOutput?: (printed: string, send: (signal: NodeJS.Signals) => void) => void
  /** Words put in front of `./bench`, e.g. of a shell that sets a limit. */
  readonly through?: readonly string[]
}

/** The bench in a folder of its own: its journal, its runs and the network it keeps up are nobody else's. */
export interface Checkout {
  readonly path: string
  /** Runs `./bench WORDS` to its end, in a process group of its own; bounded. */
  bench(words: readonly string[], options?: StartOptions): Promise<Ended>
  /** What the journal holds, and the note of a network that is up. */
  leftInJournal(): readonly string[]
  /** Every process that was started by a bench of this checkout and still lives, whoever its parent is by now. */
  processes(): readonly string[]
  remove(): void
}

const longestMs = 60_000
const numberOf: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

export function makeCheckout(): Checkout {
  const path = mkdtempSync(join(tmpdir(), 'onem2m-bench-checkout-'))
  for (const part of readdirSync(project))
    if (!part.startsWith('.') && !leftOut.has(part))
      cpSync(join(project, part), join(path, part), { recursive: true })
  linkModules(path)
  return {
    path,
    bench: (words, options = {}) => run(path, words, options),
    leftInJournal() {
      const state = join(path, '.bench')
      const entries = join(state, 'journal')
      const up = existsSync(join(state, 'up.json')) ? ['up.json'] : []
      return existsSync(entries) ? [...readdirSync(entries), ...up] : up
    },
    processes: () => processesWith(marker(path)),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Links, so that even an installation that goes wrong would hurt nothing but the links. */
function linkModules(path: string): void {
  const from = join(project, 'node_modules')
  const to = join(path, 'node_modules')
  mkdirSync(to)
  for (const name of readdirSync(from))
    if (!name.startsWith('.')) symlinkSync(join(from, name), join(to, name))
  for (const lock of [join(path, 'package-lock.json'), join(to, '.bench-lock')])
    writeFileSync(lock, '{}\n')
}

const marker = (path: string) => `ONEM2M_BENCH_CHECKOUT=${path}\0`

function run(path: string, words: readonly string[], options: StartOptions): Promise<Ended> {
  const [program = '', ...rest] = [...(options.through ?? []), join(path, 'bench'), ...words]
  const child = spawn(program, rest, {
    cwd: path,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(path, 'compiled'),
      ONEM2M_BENCH_CHECKOUT: path,
      // No engine is found: what others run in the machine's one is none of this checkout's business.
      DOCKER_HOST: `unix://${join(path, 'no-engine')}`,
      ...options.env,
    },
  })
  // As a terminal does: to everybody in the foreground.
  const send = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal)
  }
  const printed = { stdout: '', stderr: '', all: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      printed[name] += chunk
      printed.all += chunk
      options.onOutput?.(printed.all, send)
    })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      send('SIGKILL')
      reject(new Error(`./bench ${words.join(' ')} did not end:\n${printed.all.slice(-2000)}`))
    }, longestMs)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const status = code ?? 128 + (numberOf[signal ?? ''] ?? 0)
      resolve({ status, stdout: printed.stdout, stderr: printed.stderr })
    })
  })
}

function processesWith(marking: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs = `${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`.includes(marking)
        return isOurs ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`] : []
      } catch {
        // It ended meanwhile, or is somebody else's.
        return []
      }
    })
}
