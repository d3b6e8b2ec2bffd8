import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BenchError } from '../../protocol/errors.ts'
import { frontSecrets } from '../capture/frontSecrets.ts'
import type { Recorder } from '../capture/recorder.ts'
import type {
  AgentCall,
  ClosedRecording,
  TellAgent,
  TellBench,
  WireStats,
} from './agent/messages.ts'
import type { Fabric, Wire, WireEvent, WireOptions } from './fabric.ts'
import { type Mux, openMux } from './mux.ts'
import { type RemoteTesterNetwork, remoteTesterNetwork } from './remoteTesterNetwork.ts'
import type { TesterNetwork } from './testerNetwork.ts'

export interface RemoteFabricOptions {
  /** The agent's standard output and input. */
  readonly input: Readable
  readonly output: Writable
  /** Where the agent keeps the recording, in its own words. */
  readonly agentPath: string
  /** Where the recording is to be on this machine when the fabric is closed. */
  readonly path: string
  /** Bound for the agent to be there. */
  readonly readyTimeoutMs: number
  /** Why the agent's stream went, as far as can be told of its program. */
  readonly whyLost: () => Promise<string>
}

export interface RemoteFabric extends Fabric {
  readonly testerNetwork: TesterNetwork
}

/** The agent answers at once, however much its links carry. */
const answerWithinMs = 10_000
/** Closing waits for connections that are closing, and for the disk. */
const closeWithinMs = 30_000
const slowestBytesPerMs = 1000

/**
 * The fabric of an agent (tools/fabric/agent/), as if it were in this process. Its recording is at `path` once it is closed,
 * with every secret before the first packet. @throws BenchError FABRIC_LOST, TIMED_OUT when the agent does not come up
 */
export async function openRemoteFabric(options: RemoteFabricOptions): Promise<RemoteFabric> {
  const fabric = new AgentFabric(options)
  await fabric.open()
  return fabric
}

class AgentFabric implements RemoteFabric {
  readonly recorder: Recorder
  readonly wires = new Map<string, Wire>()
  readonly testerNetwork: RemoteTesterNetwork
  readonly #options: RemoteFabricOptions
  readonly #mux: Mux
  readonly #call: AgentCall
  readonly #stats = new Map<string, WireStats>()
  readonly #listeners: ((event: WireEvent) => void)[] = []
  #failure: Error | undefined
  #closing: Promise<void> | undefined

  constructor(options: RemoteFabricOptions) {
    this.#options = options
    this.#mux = openMux({
      input: options.input,
      output: options.output,
      side: 'bench',
      onRequest: () => {
        throw new BenchError('INTERNAL', 'the agent has nothing to ask')
      },
      onTold: (body) => this.#hear(body as TellBench),
    })
    this.#call = async (name, ask, bound = { timeoutMs: answerWithinMs }) =>
      (await this.#mux.request({ do: name, ...ask }, bound)) as never
    this.testerNetwork = remoteTesterNetwork(this.#mux, this.#call)
    this.recorder = this.#makeRecorder()
    void this.#mux.ended.then((reason) => this.#lose(reason))
  }

  async open(): Promise<void> {
    const { agentPath, readyTimeoutMs } = this.#options
    try {
      await this.#call('open', { recording: agentPath }, { timeoutMs: readyTimeoutMs })
    } catch (error) {
      this.#mux.close()
      throw isLost(error) ? await this.#lossOf(error) : error
    }
  }

  async addWire(options: WireOptions): Promise<Wire> {
    const { name } = options
    const { ways } = await this.#call('add-wire', { options })
    const call = this.#call
    const stats = this.#stats
    const wire: Wire = {
      name,
      options: { ...options, ways },
      impair: async (impairment) => void (await call('impair', { wire: name, impairment })),
      redirect: async (way, target) => void (await call('redirect', { wire: name, way, target })),
      cut: async () => void (await call('cut', { wire: name })),
      heal: async () => void (await call('heal', { wire: name })),
      get stats() {
        const { connections = 0, open = 0, bytes = 0 } = stats.get(name) ?? {}
        return { connections, open, bytes }
      },
    }
    this.wires.set(name, wire)
    return wire
  }

  onEvent(listener: (event: WireEvent) => void): void {
    this.#listeners.push(listener)
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Never rejects: what is missing shows as the recorder's failure, as with a full disk. */
  async #closeAll(): Promise<void> {
    try {
      const closed = await this.#call('close', {}, { timeoutMs: closeWithinMs })
      for (const stats of closed.stats) this.#stats.set(stats.wire, stats)
      if (closed.failure !== undefined) {
        this.#failure ??= new BenchError('DISK_FULL', closed.failure, {
          remedy: 'free space where the recording is made, and run again',
        })
      }
      await this.#fetch(closed)
    } catch (error) {
      this.#failure ??= isLost(error) ? await this.#lossOf(error) : asError(error)
    } finally {
      this.#mux.close()
    }
  }

  /** Brings the recording here, whole or not at all. */
  async #fetch({ bytes }: ClosedRecording): Promise<void> {
    const { path } = this.#options
    const arriving = `${path}.arriving`
    const timeoutMs = closeWithinMs + Math.ceil(bytes / slowestBytesPerMs)
    await rm(arriving, { force: true })
    try {
      const channel = this.#mux.open()
      const file = createWriteStream(arriving, { flags: 'wx', mode: 0o600 })
      const arrived = pipeline(channel, file, { signal: AbortSignal.timeout(timeoutMs) })
      await Promise.all([
        this.#call('send-recording', { channel: channel.number }, { timeoutMs }),
        arrived,
      ])
      const { size } = await stat(arriving)
      if (size !== bytes) {
        throw new BenchError(
          'FABRIC_LOST',
          `${size} of ${bytes} bytes of the recording came here`,
          {
            remedy: 'nothing can be judged by it: run again',
          },
        )
      }
      await frontSecrets(arriving, path)
    } finally {
      await rm(arriving, { force: true })
    }
  }

  #makeRecorder(): Recorder {
    const tell = (told: TellAgent) => this.#mux.tell(told)
    const failure = () => this.#failure
    return {
      path: this.#options.path,
      addWire: (name) => {
        throw new BenchError('INTERNAL', `the wire ${name} is recorded where the agent is`)
      },
      addSecret: (line) => tell({ tell: 'secret', line }),
      nameAddress: (address, node) => tell({ tell: 'name', address, node }),
      annotate: (text) => tell({ tell: 'annotate', text }),
      close: () => this.close(),
      get failure() {
        return failure()
      },
    }
  }

  #hear(told: TellBench): void {
    if (told.tell === 'connection') this.testerNetwork.announce(told)
    else if (told.tell === 'stats') this.#keep(told.stats)
    else {
      if (told.stats !== undefined) this.#keep([told.stats])
      for (const listener of this.#listeners) listener(told.event)
    }
  }

  #keep(stats: readonly WireStats[]): void {
    for (const each of stats) this.#stats.set(each.wire, each)
  }

  /** Whatever the stream's end was, before the fabric was closed it is a loss. */
  async #lose(reason: BenchError | undefined): Promise<void> {
    if (this.#closing === undefined) this.#failure ??= await this.#lossOf(reason)
  }

  async #lossOf(reason: Error | undefined): Promise<BenchError> {
    const why = await this.#options.whyLost()
    const because = reason === undefined ? why : `${reason.message} (${why})`
    return new BenchError(
      'FABRIC_LOST',
      `the fabric's agent is lost, and its recording: ${because}`,
      {
        remedy: 'look for what ended it (memory, the engine), and run again',
        cause: reason,
      },
    )
  }
}

function isLost(error: unknown): error is BenchError {
  return error instanceof BenchError && error.code === 'FABRIC_LOST'
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
