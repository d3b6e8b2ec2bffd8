import { BenchError } from '../../protocol/errors.ts'
import type { Recorder } from '../capture/recorder.ts'
import type { Fabric, WireEvent } from './fabric.ts'
import { type OpenWire, openWire } from './wire.ts'

export interface FabricOptions {
  /** Closed with the fabric. */
  readonly recorder: Recorder
  /** Milliseconds since the epoch, for the events. */
  readonly now: () => number
}

/** What is written into the recording, as a note on the next frame: everything that was done to a link. */
const faults: ReadonlySet<WireEvent['event']> = new Set([
  'impaired',
  'cut',
  'healed',
  'redirected',
  'restored',
  'dropped',
  'unreachable',
])

/** A fabric without wires. */
export function openFabric({ recorder, now }: FabricOptions): Fabric {
  const wires = new Map<string, OpenWire>()
  const names = new Set<string>()
  const listeners: ((event: WireEvent) => void)[] = []
  let closing: Promise<void> | undefined

  function announce(wire: string, event: WireEvent['event'], detail?: string): void {
    if (faults.has(event)) {
      recorder.annotate(`wire ${wire}: ${event}${detail === undefined ? '' : ` (${detail})`}`)
    }
    const announced = { wire, atMs: now(), event, ...(detail === undefined ? {} : { detail }) }
    for (const listener of listeners) {
      listener(announced)
    }
  }

  async function closeAll(): Promise<void> {
    await Promise.all([...wires.values()].map((wire) => wire.close()))
    await recorder.close()
  }

  function close(): Promise<void> {
    closing ??= closeAll()
    return closing
  }

  return {
    recorder,
    wires,
    async addWire(options) {
      if (closing !== undefined || names.has(options.name)) {
        const because = closing === undefined ? 'there is one of that name' : 'the fabric is closed'
        throw new BenchError('INTERNAL', `wire ${options.name} cannot be added: ${because}`)
      }
      names.add(options.name)
      const wire = await openWire(options, {
        recorder,
        announce: (event, detail) => announce(options.name, event, detail),
      })
      wires.set(options.name, wire)
      if (closing !== undefined) {
        await wire.close()
        throw new BenchError('INTERRUPTED', `the fabric was closed while ${options.name} opened`)
      }
      return wire
    },
    onEvent(listener) {
      listeners.push(listener)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
