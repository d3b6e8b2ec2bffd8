import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { type EngineAddress, engineAddresses, parseAddress } from './addresses.ts'
import { askVersion, type EngineEndpoint } from './askVersion.ts'
import type { Engine } from './engine.ts'
import { engineFailure } from './engineErrors.ts'

export interface ConnectOptions {
  /** Only this one, e.g. `unix:///run/other.sock`; default: what the environment names, or the usual sockets. */
  readonly address?: string
  /** How long an engine may take to say what it is. Default 10 000. */
  readonly timeoutMs?: number
  readonly environment?: Environment
}

type Environment = Readonly<Record<string, string | undefined>>

const defaultTimeoutMs = 10_000

/** Finds Docker or Podman. @throws BenchError CAPABILITY_MISSING (none, or no rights), TIMED_OUT, ENGINE_FAILED, USAGE */
export async function connectEngine(options: ConnectOptions = {}): Promise<Engine> {
  const { environment = process.env, timeoutMs = defaultTimeoutMs } = options
  const candidates =
    options.address === undefined
      ? engineAddresses(environment)
      : [parseAddress(options.address, 'the engine')]
  const present = candidates.filter(({ way }) => way.kind !== 'socket' || existsSync(way.path))
  const failures: BenchError[] = []
  for (const candidate of present) {
    try {
      return await connectTo(candidate, environment, timeoutMs)
    } catch (error) {
      failures.push(engineFailure(error, `the engine at ${candidate.address}`))
    }
  }
  // One that is there and refuses says more than one that is not.
  const [first] = failures
  if (first !== undefined) throw first
  const places = candidates.map(({ address }) => address).join(', ')
  throw new BenchError('CAPABILITY_MISSING', `no container engine found (looked at ${places})`, {
    remedy:
      './bench doctor --fix installs and starts one (Debian); or name a running one in DOCKER_HOST',
  })
}

/** Whether a failure of `connectEngine` says that nobody listens, and not that somebody refuses. */
export function isAbsent(error: unknown): boolean {
  if (!(error instanceof BenchError) || error.code !== 'CAPABILITY_MISSING') return false
  const { cause } = error
  if (cause === undefined) return true
  return cause instanceof Error && 'code' in cause && absentCodes.includes(String(cause.code))
}

const absentCodes: readonly string[] = ['ENOENT', 'ECONNREFUSED']

async function connectTo(
  { address, way }: EngineAddress,
  environment: Environment,
  timeoutMs: number,
): Promise<Engine> {
  const endpoint: EngineEndpoint =
    way.kind === 'socket'
      ? { protocol: 'http', socketPath: way.path }
      : { host: way.host, port: way.port, ...tlsOptions(environment) }
  const { kind, version } = await askVersion(endpoint, { address, timeoutMs })
  const { default: Client } = await import('dockerode')
  const client = new Client(endpoint)
  const describe = () => `${kind === 'docker' ? 'Docker' : 'Podman'} ${version} at ${address}`
  return { client, kind, version, address, describe }
}

/** Certificates for an engine over TCP, as Docker's own command line names them. */
function tlsOptions(environment: Environment): EngineEndpoint {
  const { DOCKER_TLS_VERIFY: verify, DOCKER_CERT_PATH: folder } = environment
  if (!verify || !folder) return { protocol: 'http' }
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name))
    } catch (cause) {
      const remedy = 'DOCKER_CERT_PATH names a folder with ca.pem, cert.pem and key.pem'
      const file = join(folder, name)
      throw new BenchError('FILE_UNREADABLE', `${file} cannot be read`, { remedy, cause })
    }
  }
  return { protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}
