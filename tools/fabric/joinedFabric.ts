import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { type ClockOffset, correctTime, describeClock } from '../capture/clockCorrection.ts'
import { mergeRecordings, type RecordingNote } from '../capture/mergeRecordings.ts'
import type { Recorder } from '../capture/recorder.ts'
import type { Fabric, Wire, WireEvent, WireOptions } from './fabric.ts'
import type { RemoteFabric } from './remoteFabric.ts'
import type { TesterNetwork } from './testerNetwork.ts'

/** The fabric of one machine. Its recording is at `recorder.path` once it is closed. */
export interface FabricPart {
  readonly machine: string
  readonly fabric: RemoteFabric
  /** Compares its clock with the one of this process. */
  readonly clock: () => Promise<ClockOffset>
}

export interface JoinOptions {
  readonly parts: readonly FabricPart[]
  /** Which part carries a wire. */
  readonly partOfWire: (wire: string) => FabricPart
  /** Which part has an address, if one has. */
  readonly partOfAddress: (address: string) => FabricPart | undefined
  /** Where the recording of the whole is to be. */
  readonly path: string
  readonly now: () => number
}

/** A clock that is known less well does not tell what came first: nodes answer within milliseconds. */
const mostUncertainMs = 2
/** Written beside the recording. */
export const clocksFile = 'clocks.json'

/**
 * One fabric made of those of several machines, each carrying its own wires; its recording is theirs, merged in order of
 * corrected time. @throws BenchError TIMED_OUT, FABRIC_LOST when a clock cannot be asked
 */
export async function joinFabrics(
  options: JoinOptions,
): Promise<Fabric & { readonly testerNetwork: TesterNetwork }> {
  const { parts, partOfWire } = options
  const first = await Promise.all(parts.map(({ clock }) => clock()))
  const recorder = new JoinedRecorder(options, first)
  const wires = new Map<string, Wire>()
  return {
    recorder,
    wires,
    testerNetwork: joinedTesterNetwork(options),
    async addWire(wire: WireOptions) {
      const added = await partOfWire(wire.name).fabric.addWire(wire)
      wires.set(wire.name, added)
      return added
    },
    onEvent(listener: (event: WireEvent) => void) {
      for (const { fabric } of parts) fabric.onEvent(listener)
    },
    close: () => recorder.close(),
    [Symbol.asyncDispose]: () => recorder.close(),
  }
}

/** Keeps what concerns the whole, and puts it into the recording at the end. */
class JoinedRecorder implements Recorder {
  readonly path: string
  readonly #options: JoinOptions
  readonly #first: readonly ClockOffset[]
  readonly #secrets: string[] = []
  readonly #notes: RecordingNote[] = []
  #failure: Error | undefined
  #closing: Promise<void> | undefined

  constructor(options: JoinOptions, first: readonly ClockOffset[]) {
    this.path = options.path
    this.#options = options
    this.#first = first
  }

  addWire(name: string): never {
    throw new BenchError('INTERNAL', `the wire ${name} is recorded where its fabric is`)
  }

  addSecret(line: string): void {
    this.#secrets.push(line)
  }

  nameAddress(address: string, node: string): void {
    for (const { fabric } of this.#options.parts) fabric.recorder.nameAddress(address, node)
  }

  annotate(text: string): void {
    this.#notes.push({ atMs: this.#options.now(), text })
  }

  get failure(): Error | undefined {
    if (this.#failure !== undefined) return this.#failure
    const lost = this.#options.parts.find(({ fabric }) => fabric.recorder.failure !== undefined)
    return lost === undefined ? undefined : ofMachine(lost)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Never rejects: what is missing shows as a failure. */
  async #close(): Promise<void> {
    const { parts } = this.#options
    const asked = await Promise.allSettled(parts.map(({ clock }) => clock()))
    await Promise.all(parts.map(({ fabric }) => fabric.close()))
    this.#failure = this.failure
    const last = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (this.#failure !== undefined || last.length < parts.length) {
      this.#failure ??= new BenchError('FABRIC_LOST', 'the clock of a machine cannot be asked')
      return
    }
    try {
      await this.#merge(last)
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  async #merge(last: readonly ClockOffset[]): Promise<void> {
    const { parts, path } = this.#options
    const clocks = parts.flatMap(({ machine, fabric }, index) => {
      const [begin, end] = [this.#first[index], last[index]]
      if (begin === undefined || end === undefined) return []
      return [{ machine, path: fabric.recorder.path, begin, end }]
    })
    for (const { machine, begin, end } of clocks) refuseUncertain(machine, [begin, end])
    const said = clocks.map(({ machine, begin, end }) => describeClock(machine, begin, end))
    await mergeRecordings({
      parts: clocks.map((one) => ({ path: one.path, correct: correctTime(one.begin, one.end) })),
      path,
      secrets: this.#secrets,
      notes: [...said.map((text) => ({ atMs: 0, text })), ...this.#notes],
    })
    const text = `${JSON.stringify(
      clocks.map(({ path: _path, ...clock }) => clock),
      null,
      2,
    )}\n`
    await writeFile(join(dirname(path), clocksFile), text, { mode: 0o600 })
  }
}

function ofMachine({ machine, fabric }: FabricPart): Error {
  const { failure } = fabric.recorder
  const code = failure instanceof BenchError ? failure.code : 'FABRIC_LOST'
  return new BenchError(code, `machine ${machine}: ${failure?.message}`, {
    remedy: 'see that the machine is up and reachable (docker node ls), and run again',
    cause: failure,
  })
}

function refuseUncertain(machine: string, offsets: readonly ClockOffset[]): void {
  const worst = Math.max(...offsets.map(({ uncertaintyMs }) => uncertaintyMs))
  if (worst <= mostUncertainMs) return
  throw new BenchError(
    'RECORDING_INVALID',
    `the clock of machine ${machine} is known to ± ${worst.toFixed(1)} ms only: what came first on different machines cannot be told`,
    { remedy: 'run fewer things on the machines, or nearer to each other' },
  )
}

function joinedTesterNetwork({ partOfAddress, partOfWire }: JoinOptions): TesterNetwork {
  const at = (address: string): FabricPart => {
    const part = partOfAddress(address)
    if (part !== undefined) return part
    throw new BenchError('INTERNAL', `no fabric has the address ${address}`)
  }
  return {
    dial: (options) => at(options.to.address).fabric.testerNetwork.dial(options),
    listen: (options) => {
      const { wire, address } = options
      const part = wire === undefined ? at(address) : partOfWire(wire)
      return part.fabric.testerNetwork.listen(options)
    },
  }
}
