/** The engine that the bench itself started: its process, how it is started, and how it is stopped. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { isAlive, type ProcessIdentity, startTimeOf } from '../runtimes/processes.ts'
import { connectEngine, isAbsent } from './connect.ts'
import type { Engine } from './engine.ts'

export interface DaemonOptions {
  /** The checkout; state and log are in its `.bench` folder. */
  readonly benchFolder: string
  readonly signal?: AbortSignal
  /** How long it may take until the engine answers. Default 60 000. */
  readonly timeoutMs?: number
  /** Default `/var/run/docker.sock`. */
  readonly socket?: string
  /** Default `/var/run/docker.pid`. */
  readonly pidFile?: string
  /** Default `dockerd`. */
  readonly program?: string
  /** Default: whether systemd runs this machine. */
  readonly withSystemd?: boolean
  /** More words for the program. */
  readonly words?: readonly string[]
}

/** What is remembered of an engine that was started, in `.bench/engine.json`. */
export interface StartedDaemon extends ProcessIdentity {
  readonly program: string
  readonly socket: string
  readonly pidFile: string
  readonly log: string
}

const defaultSocket = '/var/run/docker.sock'
const defaultPidFile = '/var/run/docker.pid'
const startTimeoutMs = 60_000
const stopTimeoutMs = 30_000
const giveUpTimeoutMs = 5000
const askAgainAfterMs = 50

/**
 * Starts Docker: through systemd where it runs, else as a process of its own that outlives the bench. Resolves when it
 * answers. @throws BenchError CAPABILITY_MISSING, TIMED_OUT, INTERRUPTED
 */
export async function startDaemon(options: DaemonOptions): Promise<Engine> {
  const { program, withSystemd = existsSync('/run/systemd/system') } = options
  if (withSystemd) {
    startService()
    return answering(options, undefined)
  }
  if (program === undefined && process.getuid?.() !== 0)
    throw new BenchError('CAPABILITY_MISSING', 'only root can start dockerd', {
      remedy: 'as root: ./bench doctor --fix; or name an engine that runs in DOCKER_HOST',
    })
  const child = spawnDaemon(options)
  try {
    return await answering(options, child)
  } catch (error) {
    await end(child)
    rmSync(stateFile(options.benchFolder), { force: true })
    throw error
  } finally {
    child.unref()
  }
}

/** What the bench started and what still runs; undefined when there is nothing of that kind. */
export function startedDaemon(benchFolder: string): StartedDaemon | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile(benchFolder), 'utf8'))
    return isState(state) && isAlive(state) ? state : undefined
  } catch {
    return undefined
  }
}

/** Ends the engine that the bench started, with all that runs in it; false when there is none. @throws BenchError TIMED_OUT */
export async function stopDaemon(benchFolder: string): Promise<boolean> {
  const daemon = startedDaemon(benchFolder)
  if (daemon === undefined) return false
  if (!(await daemonEnds(daemon)))
    throw new BenchError('TIMED_OUT', `dockerd (process ${daemon.pid}) does not end`, {
      remedy: `its log is ${daemon.log}`,
    })
  rmSync(stateFile(benchFolder), { force: true })
  return true
}

/** Taking its pid file away is the last thing it does: waits for that, bounded. */
async function daemonEnds(daemon: StartedDaemon): Promise<boolean> {
  const isGone = () => !existsSync(daemon.pidFile) || !isAlive(daemon)
  const { promise, resolve } = Promise.withResolvers<void>()
  // Watching before it is told, so that its end is not missed.
  const watcher = watch(dirname(daemon.pidFile), () => isGone() && resolve())
  const tooLate = setTimeout(() => resolve(), stopTimeoutMs)
  try {
    process.kill(daemon.pid, 'SIGTERM')
    await promise
  } finally {
    clearTimeout(tooLate)
    watcher.close()
  }
  return isGone()
}

/** A daemon that did not come up: asked to end, then ended. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const tooLate = setTimeout(() => child.kill('SIGKILL'), giveUpTimeoutMs)
  await ended
  clearTimeout(tooLate)
}

function startService(): void {
  const privilege = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const [program = '', ...words] = [...privilege, 'systemctl', 'start', 'docker']
  try {
    execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'], timeout: startTimeoutMs })
  } catch (cause) {
    throw new BenchError('CAPABILITY_MISSING', 'systemd could not start docker', {
      remedy: 'as root: systemctl start docker; journalctl -u docker says what is wrong',
      cause,
    })
  }
}

function spawnDaemon({
  benchFolder,
  socket = defaultSocket,
  pidFile = defaultPidFile,
  program = 'dockerd',
  words = [],
}: DaemonOptions): ChildProcess {
  const folder = join(benchFolder, '.bench')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const log = join(folder, 'engine.log')
  const out = openSync(log, 'w', 0o600)
  const child = spawn(program, ['--host', `unix://${socket}`, '--pidfile', pidFile, ...words], {
    detached: true,
    stdio: ['ignore', out, out],
    cwd: '/',
  })
  // Without a process the error event says why, in `answering`.
  child.on('error', () => {})
  const { pid } = child
  if (pid !== undefined) {
    const state: StartedDaemon = {
      pid,
      startTime: startTimeOf(pid) ?? '',
      program,
      socket,
      pidFile,
      log,
    }
    writeFileSync(stateFile(benchFolder), JSON.stringify(state), { mode: 0o600 })
  }
  return child
}

/** Asks whenever something changes where the socket will be, until an engine answers, the child is gone, or it is too late. */
async function answering(
  { benchFolder, signal, timeoutMs = startTimeoutMs, socket = defaultSocket }: DaemonOptions,
  child: ChildProcess | undefined,
): Promise<Engine> {
  const deadline = AbortSignal.timeout(timeoutMs)
  let changed = Promise.withResolvers<void>()
  const note = () => changed.resolve()
  const watcher = watch(dirname(socket), (_kind, name) => {
    if (name === null || name === basename(socket)) note()
  })
  const signals = signal === undefined ? [deadline] : [deadline, signal]
  for (const one of signals) one.addEventListener('abort', note, { once: true })
  child?.once('exit', note).once('error', note)
  try {
    for (;;) {
      changed = Promise.withResolvers<void>()
      refuseHopeless()
      // An engine that has just made its socket answers when it is up; the rest of the time is the bound for that.
      const engine = await connectEngine({ address: `unix://${socket}`, timeoutMs }).catch(gone)
      if (engine !== undefined) return engine
      refuseHopeless()
      // A socket is there a moment before anybody listens on it, and of that moment's end there is no event.
      const again = existsSync(socket) ? setTimeout(note, askAgainAfterMs) : undefined
      await changed.promise
      clearTimeout(again)
    }
  } finally {
    watcher.close()
    for (const one of signals) one.removeEventListener('abort', note)
    child?.off('exit', note).off('error', note)
  }

  function refuseHopeless(): void {
    if (signal?.aborted)
      throw new BenchError('INTERRUPTED', 'interrupted while the container engine was starting')
    const log = join(benchFolder, '.bench', 'engine.log')
    if (child !== undefined && (child.exitCode !== null || child.signalCode !== null || !child.pid))
      throw new BenchError(
        'CAPABILITY_MISSING',
        [
          `dockerd ended with ${child.exitCode ?? child.signalCode ?? 'no start'}`,
          ...tail(log),
        ].join('\n'),
        { remedy: `the lines say why; all of them are in ${log}` },
      )
    if (deadline.aborted)
      throw new BenchError(
        'TIMED_OUT',
        `waited ${timeoutMs} ms for the container engine to answer`,
        {
          remedy: child === undefined ? 'journalctl -u docker says more' : `its log is ${log}`,
        },
      )
  }
}

/** Not there yet, or just going, is no failure while it starts; anything else is. */
function gone(error: unknown): undefined {
  const cause = error instanceof BenchError ? error.cause : undefined
  const isGoing = cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET'
  if (isGoing || isAbsent(error)) return undefined
  throw error
}

function tail(file: string): readonly string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  return lines.slice(-10).map((line) => `  ${line.slice(0, 400)}`)
}

function stateFile(benchFolder: string): string {
  return join(benchFolder, '.bench', 'engine.json')
}

function isState(value: unknown): value is StartedDaemon {
  if (typeof value !== 'object' || value === null) return false
  const { pid, startTime, program, socket, pidFile, log } = value as Record<string, unknown>
  const texts = [startTime, program, socket, pidFile, log]
  return (
    Number.isSafeInteger(pid) && Number(pid) > 1 && texts.every((one) => typeof one === 'string')
  )
}
