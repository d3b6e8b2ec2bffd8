import { BenchError, type ErrorCode } from '../../protocol/errors.ts'

/** What is known about one kind of failure. */
interface FailureRow {
  /** Looked for in the code of the system error, or in what the engine answered. */
  readonly sign: RegExp
  /** Only with this HTTP status. */
  readonly status?: number
  readonly code: ErrorCode
  /** Put behind what was tried. */
  readonly says: string
  readonly remedy: string
}

const notReachable: readonly FailureRow[] = [
  {
    sign: /^(EACCES|EPERM)$/,
    code: 'CAPABILITY_MISSING',
    says: 'this user may not use its socket',
    remedy: 'run as root, or add the user to the group of the socket (docker) and log in again',
  },
  {
    sign: /^(ENOENT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOTSOCK)$/,
    code: 'CAPABILITY_MISSING',
    says: 'nobody answers there',
    remedy: './bench doctor --fix starts one (Debian); or name a running one in DOCKER_HOST',
  },
  {
    sign: /^(ECONNRESET|EPIPE|ECONNABORTED|HPE_\w+)$/,
    code: 'ENGINE_FAILED',
    says: 'the connection broke off',
    remedy: 'look at the log of the engine; ./bench doctor says whether it answers',
  },
]

const refused: readonly FailureRow[] = [
  {
    sign: /no space left on device|disk quota exceeded|\bENOSPC\b/i,
    code: 'DISK_FULL',
    says: 'the disk of the engine is full',
    remedy:
      './bench clean removes what the bench left; then: docker system df, docker system prune',
  },
  {
    sign: /non-overlapping IPv[46] address pool|address pools have been fully subnetted|could not find free subnet/i,
    code: 'ADDRESS_IN_USE',
    says: 'the engine has no address pool left for another network',
    remedy:
      './bench clean removes networks of dead runs; else docker network prune, or more default-address-pools in daemon.json',
  },
  {
    sign: /pool overlaps|subnet \S+ (overlaps|is already used)|conflicts? with (an )?existing (network|subnet)/i,
    code: 'ADDRESS_IN_USE',
    says: 'the addresses of a network are taken',
    remedy: './bench clean removes networks of dead runs; docker network ls shows the others',
  },
  {
    sign: /port is already allocated|address already in use/i,
    code: 'ADDRESS_IN_USE',
    says: 'something else listens on an address it needs',
    remedy: 'end what listens there; ./bench clean removes what dead runs left',
  },
  {
    sign: /no such image|image not known|unable to find image|(pull access denied|manifest unknown)/i,
    code: 'CAPABILITY_MISSING',
    says: 'the image is not there',
    remedy: './bench engine image builds the image of the nodes; bring any other with docker load',
  },
  {
    sign: /./,
    status: 403,
    code: 'CAPABILITY_MISSING',
    says: 'it refuses this user',
    remedy: 'ask whoever runs the engine (or the proxy in front of it) for the right to use it',
  },
]

/** A failure of the engine as the bench reports it: what was tried, what the engine said, what to do. */
export function engineFailure(error: unknown, tried: string): BenchError {
  if (error instanceof BenchError) return error
  const { systemCode, status, said } = whatIsKnown(error)
  const row =
    notReachable.find(({ sign }) => sign.test(systemCode)) ??
    refused.find((one) => one.sign.test(said) && (one.status ?? status) === status)
  if (row === undefined)
    return new BenchError('ENGINE_FAILED', `${tried}: ${said}`, {
      remedy: 'look at the log of the engine; ./bench doctor says whether it answers',
      cause: error,
    })
  return new BenchError(row.code, `${tried}: ${row.says} (${said})`, {
    remedy: row.remedy,
    cause: error,
  })
}

/** Runs one piece of work with the engine; what fails comes out as a BenchError. */
export async function withEngineErrors<T>(tried: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw engineFailure(error, tried)
  }
}

/** A container that ended although it should run: the last it said is the best hint there is. */
export function endedAtOnce(
  container: string,
  ended: { readonly exitCode: number | undefined; readonly lines: readonly string[] },
): BenchError {
  const { exitCode, lines } = ended
  const last = lines.slice(-linesShown).map((line) => `  ${printable(line).slice(0, longestLine)}`)
  const how = exitCode === undefined ? 'ended' : `ended with exit code ${exitCode}`
  const said = last.length === 0 ? ' and said nothing' : '; its last lines:'
  return new BenchError('NODE_START_FAILED', [`${container} ${how}${said}`, ...last].join('\n'), {
    remedy:
      exitCode === outOfMemoryExit
        ? 'it was killed, most likely by its memory limit'
        : 'the lines say why; 2 = bad configuration, 127 = asked for what the node does not have',
  })
}

const linesShown = 20
const longestLine = 500
/** 128 + SIGKILL. */
const outOfMemoryExit = 137

function whatIsKnown(error: unknown): { systemCode: string; status?: number; said: string } {
  if (!(error instanceof Error)) return { systemCode: '', said: shortened(String(error)) }
  // An error with a path is about a file of ours, not about the engine.
  const isSystem = 'code' in error && typeof error.code === 'string' && !('path' in error)
  const systemCode = isSystem ? String(error.code) : ''
  const status =
    'statusCode' in error && typeof error.statusCode === 'number'
      ? { status: error.statusCode }
      : {}
  return { systemCode, ...status, said: shortened(error.message) }
}

/** The engine's words on one line, without control characters, of bounded length. */
function shortened(text: string): string {
  return printable(text).trim().slice(0, longestLine) || 'no reason given'
}

function printable(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f]+/g, ' ')
}
