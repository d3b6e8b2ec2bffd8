import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'

/** Standard output and standard error of a container, taken apart. */
export interface Outputs {
  readonly stdout: Readable
  readonly stderr: Readable
}

const headerLength = 8
/** First octet of a header, in the numbers of file descriptors. */
const stderrKind = 2

/**
 * Takes the engine's attach stream apart: pieces with a header of eight octets (which output, three zeros, length). The
 * library has such a function too, but it writes without waiting, and a recording would pile up in memory. Both
 * outputs must be read: one that nobody reads holds up the other.
 */
export function demultiplex(source: Readable): Outputs {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const all = async () => {
    const header: number[] = []
    let left = 0
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          header.push(chunk[at])
          at += 1
          if (header.length < headerLength) continue
          left = Buffer.from(header).readUInt32BE(4)
        }
        const piece = chunk.subarray(at, at + left)
        at += piece.length
        left -= piece.length
        const sink = header[0] === stderrKind ? stderr : stdout
        if (piece.length > 0 && !sink.write(piece) && !sink.destroyed) await drained(sink)
        if (left === 0) header.length = 0
      }
    }
  }
  const end = () => {
    stdout.end()
    stderr.end()
  }
  // A stream that broke off has ended, as far as its readers are concerned; why, the end of the container tells.
  all().then(end, end)
  return { stdout, stderr }
}

/** Also when the reader gives up: what it does not want is thrown away. */
async function drained(sink: PassThrough): Promise<void> {
  const gone = new AbortController()
  const close = () => gone.abort()
  sink.once('close', close)
  try {
    await once(sink, 'drain', { signal: gone.signal })
  } catch {
    // Closed.
  } finally {
    sink.off('close', close)
  }
}
