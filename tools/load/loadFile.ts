import type { Scalar } from '../../topologies/topology.ts'

/** A load as people write it, with its defaults filled in; load.schema.json describes every field. */
export interface LoadFile {
  readonly name: string
  readonly description?: string
  /** Path as written: seen from the folder of the load file. */
  readonly topology: string
  readonly parameters: Readonly<Record<string, Scalar>>
  /** Names or patterns; absent = every AE on an ADN. */
  readonly devices?: readonly string[]
  readonly rate: LoadRate
  readonly durationS: number
  readonly rampS: number
  readonly warmUpS: number
  readonly arrival: 'poisson' | 'constant'
  readonly operation: 'create' | 'retrieve'
  readonly target: 'registrar' | 'infrastructure'
  readonly payloadBytes: number
  readonly reconnectEvery?: number
  readonly mostInFlight: number
  readonly seed: number
}

/** Requests per second, of all devices together or of each. */
export interface LoadRate {
  readonly perS: number
  readonly of: 'all' | 'each'
}

/** What a load file leaves out. */
export const loadDefaults = {
  parameters: {},
  rampS: 0,
  warmUpS: 1,
  arrival: 'poisson',
  operation: 'create',
  target: 'registrar',
  payloadBytes: 64,
  mostInFlight: 100,
  seed: 1,
} as const satisfies Partial<LoadFile>
