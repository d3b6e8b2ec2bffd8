import type { Duplex, Readable, Writable } from 'node:stream'
import { BenchError } from '../../../protocol/errors.ts'
import { openMux } from '../../fabric/mux.ts'
import {
  type ClockReply,
  parseProgramEnded,
  type StartRequest,
  type TaskRequest,
} from '../../fabric/task/contract.ts'
import type { HostedProgram, ProgramEnd } from '../nodeHost.ts'
import { bestClockSample, type ClockSample, clockOffset } from './clockSample.ts'
import { members } from './members.ts'

/** The bench's end of the conversation with one task, which runs on some machine of the swarm. */
export interface TaskLink {
  readonly name: string
  readonly machine: string
  /** Starts the task's program, after ending the one before it. */
  start(start: Omit<StartRequest, 'do' | 'standard' | 'errors'>): Promise<HostedProgram>
  /** How far the clock of the machine is ahead of this one's. */
  clock(): Promise<ClockSample>
  /** Resolves when the conversation is over, whichever end it was. */
  readonly over: Promise<void>
  readonly isOver: boolean
  /** Ends the program, and removes whatever it left. */
  reset(): Promise<void>
  close(): void
}

const answerWithinMs = 10_000
/** A machine that has lost its power says nothing: it is asked for a sign of life this often … */
const heartbeatMs = 2000
/** … and given up when none comes within this time. */
const silenceMs = 6000
/** Half of the way there and back; nodes take longer to pass a request on. */
const exactMs = 0.5
const fewestSamples = 8
const mostSamples = 100

export interface TaskIdentity {
  readonly name: string
  /** Name of the machine, for messages. */
  readonly machine: string
}

/** @param stream authenticated as that of the task */
export function openTaskLink({ name, machine }: TaskIdentity, stream: Duplex): TaskLink {
  let current: ((end: ProgramEnd) => void) | undefined
  let isClosed = false
  let isOver = false
  const mux = openMux({
    input: stream,
    output: stream,
    side: 'bench',
    onRequest: () => {
      throw new BenchError('FABRIC_LOST', `${name} asks, which no task does`)
    },
    onTold(body) {
      const end = parseProgramEnded(body)
      current?.(end)
    },
  })
  const ask = (request: TaskRequest, timeoutMs = answerWithinMs) =>
    mux.request(request, { timeoutMs }).catch((error: unknown) => {
      throw ofMachine(machine, error)
    })
  const over = mux.ended.then((reason) => {
    heart.stop()
    isOver = true
    const how = reason === undefined ? '' : ` (${reason.message})`
    current?.({ because: isClosed ? 'ended' : `machine ${machine} is lost${how}` })
  })

  const heart = watchPulse(
    () => ask({ do: 'clock' }, silenceMs),
    () => mux.close(),
  )

  async function start(order: Omit<StartRequest, 'do' | 'standard' | 'errors'>) {
    const standard = mux.open({ allowHalfOpen: true })
    const errors = mux.open({ allowHalfOpen: true })
    const { promise: ended, resolve } = Promise.withResolvers<ProgramEnd>()
    // Errors of a stream that broke off come with its end, which is what counts.
    standard.on('error', () => {})
    errors.on('error', () => {})
    current?.({ because: 'another program was started' })
    current = resolve
    await ask({ ...order, do: 'start', standard: standard.number, errors: errors.number })
    return program({ standard, errors, ended, reset })
  }

  /** A task that cannot be told is gone, or goes with its container. */
  async function reset(): Promise<void> {
    await ask({ do: 'reset' }).catch(() => {})
  }

  const close = () => {
    isClosed = true
    mux.close()
  }
  return {
    name,
    machine,
    start,
    clock: () => compareClocks(() => ask({ do: 'clock' })),
    reset,
    over,
    get isOver() {
      return isOver
    },
    close,
  }
}

/** Asks for signs of life until there is none. */
function watchPulse(ask: () => Promise<unknown>, onSilence: () => void): { stop(): void } {
  let timer = setTimeout(look, heartbeatMs)
  timer.unref()
  function look(): void {
    ask().then(() => {
      timer = setTimeout(look, heartbeatMs)
      timer.unref()
    }, onSilence)
  }
  return { stop: () => clearTimeout(timer) }
}

/** Asks until an answer came so fast that it is exact enough, or the best of many has to do. */
async function compareClocks(ask: () => Promise<unknown>): Promise<ClockSample> {
  const samples: ClockSample[] = []
  for (;;) {
    const sentMs = now()
    const answer = await ask()
    const receivedMs = now()
    samples.push({ sentMs, thereMs: readClock(answer).atMs, receivedMs })
    const best = bestClockSample(samples)
    const isExact = clockOffset(best).uncertaintyMs <= exactMs
    if (samples.length >= (isExact ? fewestSamples : mostSamples)) return best
  }
}

/** A failure of the conversation, as that of the machine: which is what people know. */
function ofMachine(machine: string, error: unknown): unknown {
  if (!(error instanceof BenchError)) return error
  if (error.code !== 'FABRIC_LOST' && error.code !== 'TIMED_OUT') return error
  return new BenchError('FABRIC_LOST', `machine ${machine} is lost: ${error.message}`, {
    remedy: 'see that the machine is up and reachable (docker node ls), and run again',
    cause: error,
  })
}

interface Parts {
  readonly standard: Duplex
  readonly errors: Readable
  readonly ended: Promise<ProgramEnd>
  readonly reset: () => Promise<void>
}

function program({ standard, errors, ended, reset }: Parts): HostedProgram {
  const stdin: Writable = standard
  return {
    stdin,
    stdout: standard,
    stderr: errors,
    ended,
    kill: reset,
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function readClock(answer: unknown): ClockReply {
  const { atMs } = members(answer)
  if (typeof atMs === 'number') return { atMs }
  throw new BenchError('FABRIC_LOST', 'a task answers without telling the time')
}
