import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What tshark, the independent reader, says of a recording. */
export interface TsharkReading {
  /** A row per frame, a cell per field. */
  readonly rows: string[][]
  /** The recording ends in the middle of something. */
  readonly cutShort: boolean
}

/** Reads fields of every frame with tshark; `options` only where a test asks for more than its defaults. */
export async function tsharkFields(
  path: string,
  fields: readonly string[],
  options: readonly string[] = [],
): Promise<string[][]> {
  const { rows, cutShort } = await tsharkReading(path, fields, options)
  if (cutShort) throw new Error(`tshark: ${path} is cut short`)
  return rows
}

/** As `tsharkFields`, also of a recording that is cut short: of that, what comes before. */
export async function tsharkReading(
  path: string,
  fields: readonly string[],
  options: readonly string[] = [],
): Promise<TsharkReading> {
  const listed = fields.flatMap((field) => ['-e', field])
  const { stdout, cutShort } = await run(['-r', path, ...options, '-T', 'fields', ...listed])
  const lines = stdout.split('\n')
  return { rows: lines.slice(0, -1).map((line) => line.split('\t')), cutShort }
}

let ports: Promise<ReadonlySet<number>> | undefined

/** TCP ports by which tshark takes a connection for one protocol, whatever is in it. */
export function portsOfProtocols(): Promise<ReadonlySet<number>> {
  ports ??= run(['-G', 'decodes']).then(({ stdout }) => {
    const listed = stdout.matchAll(/^tcp\.port\t(\d+)\t/gm)
    return new Set(Array.from(listed, ([, port]) => Number(port)))
  })
  return ports
}

async function run(words: readonly string[]): Promise<{ stdout: string; cutShort: boolean }> {
  try {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: 20_000 }
    const { stdout } = await promisify(execFile)('tshark', words, options)
    return { stdout, cutShort: false }
  } catch (error) {
    const { stdout, stderr } = Object(error)
    if (typeof stdout === 'string' && /appears to have been cut short/.test(String(stderr)))
      return { stdout, cutShort: true }
    throw error
  }
}
