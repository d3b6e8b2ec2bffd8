/** A line without its end, or the bare fact that one was longer than allowed. */
export type Line = { readonly text: string } | { readonly tooLong: true }

/** Cuts a stream of UTF-8 into lines, however it comes in pieces. Keeps no more than one line of the longest length. */
export interface LineSplitter {
  /** The lines that end in these bytes. A line that is too long is told once, as soon as it is. */
  push(bytes: Uint8Array): readonly Line[]
}

const lineFeed = 10
const carriageReturn = 13

export function makeLineSplitter(longestBytes: number): LineSplitter {
  let pieces: Uint8Array[] = []
  let length = 0
  let skipping = false

  function keep(piece: Uint8Array, lines: Line[]): void {
    if (skipping) return
    length += piece.length
    if (length > longestBytes) {
      skipping = true
      pieces = []
      lines.push({ tooLong: true })
    } else if (piece.length > 0) {
      // A copy: the bytes may belong to a buffer that is used again.
      pieces.push(piece.slice())
    }
  }

  function endLine(lines: Line[]): void {
    if (!skipping) lines.push({ text: textOf(pieces, length) })
    pieces = []
    length = 0
    skipping = false
  }

  return {
    push(bytes) {
      const lines: Line[] = []
      let from = 0
      for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
        keep(bytes.subarray(from, at), lines)
        endLine(lines)
        from = at + 1
      }
      keep(bytes.subarray(from), lines)
      return lines
    },
  }
}

function textOf(pieces: readonly Uint8Array[], length: number): string {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  const end = whole.at(-1) === carriageReturn ? length - 1 : length
  return new TextDecoder().decode(whole.subarray(0, end))
}
