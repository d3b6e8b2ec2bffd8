import { createInterface } from 'node:readline'

/** What the engine says at most while it makes an image; more is no answer to a question of ours. */
const mostLines = 10_000

/** Reads the JSON lines with which an engine makes an image, to their end. Rejects with the error they tell of. */
export async function followBuild(stream: NodeJS.ReadableStream): Promise<void> {
  let lines = 0
  for await (const line of createInterface({
    input: stream,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lines += 1
    if (lines > mostLines) throw new Error('the engine does not stop talking about its work')
    const error = errorIn(line)
    if (error !== undefined) throw new Error(error)
  }
}

function errorIn(line: string): string | undefined {
  if (line.trim() === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return `the engine answered ${JSON.stringify(line.slice(0, 200))}`
  }
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined
  return typeof value.error === 'string' ? value.error : JSON.stringify(value.error)
}
