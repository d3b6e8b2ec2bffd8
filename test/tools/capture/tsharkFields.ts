import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Reads fields of every frame with tshark, the independent reader; `options` only where a test asks for more than its defaults. */
export async function tsharkFields(
  path: string,
  fields: readonly string[],
  options: readonly string[] = [],
): Promise<string[][]> {
  const listed = fields.flatMap((field) => ['-e', field])
  const { stdout } = await promisify(execFile)(
    'tshark',
    ['-r', path, ...options, '-T', 'fields', ...listed],
    { maxBuffer: 64 * 1024 * 1024 },
  )
  const lines = stdout.split('\n')
  return lines.slice(0, -1).map((line) => line.split('\t'))
}
