import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import type { LoadRecord } from '../../reports/load/loadRecord.ts'
import type { Topology } from '../../topologies/parse.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan } from '../../topologies/planner.ts'
import type { Runtime, Testbed } from '../runtimes/runtime.ts'
import { type Device, selectDevices } from './devices.ts'
import type { LoadFile } from './loadFile.ts'
import { prepareTargets } from './prepareTargets.ts'
import { type LoadOutcome, runLoad } from './runLoad.ts'
import { toLoadRecord } from './toLoadRecord.ts'

export interface DriveOptions {
  readonly runtime: Runtime
  readonly load: LoadFile
  readonly topology: Topology
  /** Keys, events and the recording go there. */
  readonly folder: string
  readonly bench: LoadRecord['bench']
  readonly signal: AbortSignal
  readonly onProgress?: (line: string) => void
  /** The network is up and the load has begun. */
  readonly onBegun?: (line: string) => void
}

/** Many nodes take their time to come up. */
const readyTimeoutMs = 120_000

/**
 * Brings the network up, has its devices offer the load, and takes it down again. Once the load has begun, an abort ends it
 * early and still gives a record. @throws BenchError LOAD_INVALID, INTERRUPTED, and what bringing up throws
 */
export async function driveLoad(options: DriveOptions): Promise<LoadRecord> {
  const { runtime, load, topology, folder, signal } = options
  const { onProgress = () => {}, onBegun = () => {} } = options
  const startedAt = new Date()
  await using reserved = await runtime.reserve()
  const { seed, parameters } = load
  const plan = makePlan(topology, { seed, parameters, addressing: reserved.addressing })
  const devices = selectDevices(plan, load.devices)
  // Only bringing up may be torn down by an abort: afterwards the devices still have to be asked.
  const bringingUp = new AbortController()
  const abort = () => bringingUp.abort(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  await using testbed = await runtime
    .bringUp(plan, { folder, readyTimeoutMs, onProgress, signal: bringingUp.signal })
    .finally(() => signal.removeEventListener('abort', abort))
  onProgress(`${plan.nodes.length} nodes are up; preparing ${devices.length} containers`)
  const requests = await prepareTargets(testbed, devices, load)
  if (signal.aborted) throw new BenchError('INTERRUPTED', 'interrupted before the load began')
  const outcome = await runLoad(testbed, { devices, requests, load, signal, onBegun })
  const wires = wireTotals(testbed)
  await testbed.stop()
  return toLoadRecord({
    bench: options.bench,
    runtime: runtime.name,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    load,
    plan,
    devices,
    outcome: withRecordingProblem(outcome, testbed),
    recording: {
      path: basename(testbed.recordingPath),
      bytes: (await stat(testbed.recordingPath)).size,
      ...wires,
    },
  })
}

/** What the record is put together from. */
export interface LoadParts
  extends Pick<LoadRecord, 'bench' | 'runtime' | 'startedAt' | 'durationMs'> {
  readonly load: LoadFile
  readonly plan: Plan
  readonly devices: readonly Device[]
  readonly outcome: LoadOutcome
  readonly recording: LoadRecord['recording']
}

function wireTotals({ fabric }: Testbed): { wireBytes: number; connections: number } {
  const stats = [...fabric.wires.values()].map((wire) => wire.stats)
  return {
    wireBytes: stats.reduce((sum, { bytes }) => sum + bytes, 0),
    connections: stats.reduce((sum, { connections }) => sum + connections, 0),
  }
}

function withRecordingProblem(outcome: LoadOutcome, { fabric }: Testbed): LoadOutcome {
  const { failure } = fabric.recorder
  if (failure === undefined) return outcome
  return {
    ...outcome,
    problems: [...outcome.problems, `The recording broke off: ${failure.message}.`],
  }
}
