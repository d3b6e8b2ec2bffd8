import { execFileSync } from 'node:child_process'

/** Something a machine may have or lack. The bench itself needs none of these; its own tests need all. */
export interface Capability {
  readonly name: string
  /** What it is used for, for the reader of `./bench doctor`. */
  readonly purpose: string
  /** Program and argument that print a version. */
  readonly probe: readonly [string, string]
  readonly debianPackage: string
}

export const capabilities: readonly Capability[] = [
  {
    name: 'openssl',
    purpose: 'foreign TLS ends in the tests of the bench',
    probe: ['openssl', 'version'],
    debianPackage: 'openssl',
  },
  {
    name: 'curl',
    purpose: 'a foreign HTTP client in the tests of the bench',
    probe: ['curl', '--version'],
    debianPackage: 'curl',
  },
  {
    name: 'tshark',
    purpose: 'second opinion on every recording in the tests of the bench',
    probe: ['tshark', '--version'],
    debianPackage: 'tshark',
  },
  {
    name: 'tcpdump',
    purpose: 'recordings made by somebody else, in the tests of the bench',
    probe: ['tcpdump', '--version'],
    debianPackage: 'tcpdump',
  },
  {
    name: 'python3',
    purpose: 'a node in another language in the tests of the bench',
    probe: ['python3', '--version'],
    debianPackage: 'python3',
  },
  {
    name: 'chromium',
    purpose: 'the report opened in a real browser, in the tests of the bench',
    probe: ['chromium', '--version'],
    debianPackage: 'chromium',
  },
]

export interface CapabilityState {
  readonly capability: Capability
  /** First line of what the program says of its version; absent = not on this machine. */
  readonly version?: string
}

export function inspectMachine(): CapabilityState[] {
  return capabilities.map((capability) => {
    const version = versionOf(capability.probe)
    return version === undefined ? { capability } : { capability, version }
  })
}

function versionOf([program, argument]: readonly [string, string]): string | undefined {
  try {
    const options = {
      stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    }
    const output = execFileSync(program, [argument], options).toString()
    return output.split('\n')[0]?.trim() ?? ''
  } catch {
    return undefined
  }
}
