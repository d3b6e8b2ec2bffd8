import { profileOf } from '../protocol/security/profiles.ts'
import type { Binding, Saef } from './topology.ts'

/** Framework and binding as this version can run them together. */
export interface FrameworkRow {
  readonly saef: 'psk'
  readonly binding: 'http'
  readonly transport: 'tcp' | 'udp'
  /** IANA names of the suites a link gets when the file names none. */
  readonly defaultSuites: readonly string[]
}

export const frameworks: readonly FrameworkRow[] = [
  {
    saef: 'psk',
    binding: 'http',
    transport: 'tcp',
    defaultSuites: profileOf('SAEF/PSK', 'tcp').suites,
  },
]

export function frameworkFor(saef: Saef, binding: Binding): FrameworkRow | undefined {
  return frameworks.find((row) => row.saef === saef && row.binding === binding)
}

/** What a binding runs over (TS-0008, TS-0009, TS-0010, TS-0020). */
export const transportOf: Readonly<Record<Binding, 'tcp' | 'udp'>> = {
  http: 'tcp',
  coap: 'udp',
  mqtt: 'tcp',
  websocket: 'tcp',
}

/** Bindings that the nodes of this version speak. */
export const spokenBindings: readonly Binding[] = ['http']
