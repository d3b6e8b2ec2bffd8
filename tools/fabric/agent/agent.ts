import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BenchError } from '../../../protocol/errors.ts'
import { makeRecorder } from '../../capture/pcapngWriter.ts'
import type { Fabric, Wire } from '../fabric.ts'
import { type Mux, openMux } from '../mux.ts'
import { openFabric } from '../openFabric.ts'
import type { AgentRequests, ClosedRecording, TellAgent, TellBench, WireStats } from './messages.ts'
import { type TesterSockets, testerSockets } from './testerSockets.ts'

export interface AgentStreams {
  readonly input: Readable
  readonly output: Writable
}

/** How often the bench is told what passed, while something passes. */
const statsEveryMs = 200

/** Obeys one bench until its stream ends; then nothing is left open. Resolves with what was wrong with the stream, if anything. */
export async function runAgent(streams: AgentStreams): Promise<BenchError | undefined> {
  const agent = new Agent(streams)
  return await agent.run()
}

type Answers = {
  readonly [Name in keyof AgentRequests]: (
    ask: AgentRequests[Name]['ask'],
  ) => Promise<AgentRequests[Name]['answer']>
}

class Agent {
  readonly #mux: Mux
  readonly #sockets: TesterSockets
  readonly #answers: Answers
  #fabric: Fabric | undefined
  #statsTimer: NodeJS.Timeout | undefined
  #lastStats = ''

  constructor(streams: AgentStreams) {
    this.#mux = openMux({
      ...streams,
      side: 'agent',
      onRequest: (body) => this.#answer(body),
      onTold: (body) => this.#hear(body as TellAgent),
    })
    this.#sockets = testerSockets(this.#mux)
    this.#answers = this.#makeAnswers()
  }

  async run(): Promise<BenchError | undefined> {
    const reason = await this.#mux.ended
    clearInterval(this.#statsTimer)
    this.#sockets.close()
    await this.#fabric?.close()
    return reason
  }

  #makeAnswers(): Answers {
    const onWire =
      <Ask extends { readonly wire: string }>(act: (wire: Wire, ask: Ask) => Promise<void>) =>
      async (ask: Ask) => {
        await act(this.#wire(ask.wire), ask)
        return null
      }
    return {
      open: ({ recording }) => this.#open(recording),
      'add-wire': async ({ options }) => {
        const wire = await this.#running().addWire(options)
        return { ways: wire.options.ways }
      },
      impair: onWire((wire, { impairment }) => wire.impair(impairment)),
      redirect: onWire((wire, { way, target }) => wire.redirect(way, target)),
      cut: onWire((wire) => wire.cut()),
      heal: onWire((wire) => wire.heal()),
      dial: (ask) => this.#sockets.dial(ask),
      listen: (ask) => this.#sockets.listen(ask),
      'close-listener': async ({ listener }) => {
        this.#sockets.closeListener(listener)
        return null
      },
      close: () => this.#close(),
      'send-recording': async ({ channel }) => {
        const { path } = this.#running().recorder
        await pipeline(createReadStream(path), this.#mux.accept(channel))
        return null
      },
    }
  }

  #answer(body: unknown): Promise<unknown> {
    const { do: name, ...ask } = body as { readonly do: keyof AgentRequests }
    if (!Object.hasOwn(this.#answers, name)) {
      throw new BenchError('INTERNAL', `the agent does not know ${JSON.stringify(name)}`)
    }
    // The table gives each request the answer made for it; the type system cannot follow the look-up.
    return this.#answers[name](ask as never)
  }

  #hear(told: TellAgent): void {
    const { recorder } = this.#running()
    if (told.tell === 'secret') recorder.addSecret(told.line)
    else if (told.tell === 'name') recorder.nameAddress(told.address, told.node)
    else recorder.annotate(told.text)
  }

  async #open(recording: string): Promise<null> {
    if (this.#fabric !== undefined) throw new BenchError('INTERNAL', 'the fabric is open already')
    const recorder = await makeRecorder(recording)
    const fabric = openFabric({ recorder, now: Date.now })
    this.#fabric = fabric
    fabric.onEvent((event) => {
      const wire = fabric.wires.get(event.wire)
      const stats = wire === undefined ? {} : { stats: statsOf(wire) }
      this.#tell({ tell: 'wire', event, ...stats })
    })
    this.#statsTimer = setInterval(() => this.#tellStats(), statsEveryMs).unref()
    return null
  }

  async #close(): Promise<ClosedRecording> {
    const fabric = this.#running()
    clearInterval(this.#statsTimer)
    await fabric.close()
    const { path, failure } = fabric.recorder
    return {
      bytes: (await stat(path)).size,
      stats: [...fabric.wires.values()].map(statsOf),
      ...(failure === undefined ? {} : { failure: failure.message }),
    }
  }

  #tellStats(): void {
    const stats = [...this.#running().wires.values()].map(statsOf)
    const text = JSON.stringify(stats)
    if (text !== this.#lastStats) this.#tell({ tell: 'stats', stats })
    this.#lastStats = text
  }

  #tell(told: TellBench): void {
    this.#mux.tell(told)
  }

  #running(): Fabric {
    if (this.#fabric === undefined) throw new BenchError('INTERNAL', 'the fabric is not open yet')
    return this.#fabric
  }

  #wire(name: string): Wire {
    const wire = this.#running().wires.get(name)
    if (wire === undefined) throw new BenchError('INTERNAL', `there is no wire ${name}`)
    return wire
  }
}

function statsOf({ name, stats }: Wire): WireStats {
  return { wire: name, ...stats }
}
