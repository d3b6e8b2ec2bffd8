import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** What compressed pieces of a message held. `tooLarge`: at least one was larger than is looked into. */
export interface Inflated {
  readonly contents: readonly Buffer[]
  readonly tooLarge: boolean
}

const largestContent = 8 * 1024 * 1024
/** Pieces tried per message. */
const mostPieces = 16

/**
 * Opens whatever in a message may be compressed: a body its header calls so, and gzip or zlib data wherever it shows,
 * also behind base64 or hexadecimal.
 */
export function inflateAll(text: Buffer, contentEncoding = ''): Inflated {
  const contents: Buffer[] = []
  let tooLarge = false
  const queue = [...declared(text, contentEncoding), ...sniffed(text)]
  for (let tried = 0; tried < mostPieces; tried++) {
    const piece = queue.shift()
    if (piece === undefined) break
    const content = opened(piece)
    if (content === 'too-large') tooLarge = true
    else if (content !== undefined && content.length > 0) {
      contents.push(content)
      queue.push(...sniffed(content))
    }
  }
  return { contents, tooLarge }
}

/** Whether the bytes show a sign of gzip; cheap enough for every segment. */
export function showsGzip(bytes: Buffer): boolean {
  return bytes.indexOf(gzipMagic) >= 0
}

type Inflate = (bytes: Buffer) => Buffer

interface Piece {
  readonly bytes: Buffer
  readonly inflate: readonly Inflate[]
}

// A sync flush at the end gives what there is of a stream that was cut off.
const bounds = { maxOutputLength: largestContent, finishFlush: constants.Z_SYNC_FLUSH }
const gunzip: Inflate = (bytes) => gunzipSync(bytes, bounds)
const inflate: Inflate = (bytes) => inflateSync(bytes, bounds)
const inflateRaw: Inflate = (bytes) => inflateRawSync(bytes, bounds)
const unbrotli: Inflate = (bytes) =>
  brotliDecompressSync(bytes, {
    maxOutputLength: largestContent,
    finishFlush: constants.BROTLI_OPERATION_FLUSH,
  })

const codings: Readonly<Record<string, readonly Inflate[]>> = {
  gzip: [gunzip],
  'x-gzip': [gunzip],
  deflate: [inflate, inflateRaw],
  br: [unbrotli],
}

/** Content codings are listed in the order they were applied; the last is undone first and the rest is sniffed. */
function declared(body: Buffer, contentEncoding: string): Piece[] {
  const last = contentEncoding.split(',').pop()?.trim().toLowerCase() ?? ''
  const inflaters = codings[last]
  return inflaters === undefined || body.length === 0 ? [] : [{ bytes: body, inflate: inflaters }]
}

const gzipMagic = Buffer.from('1f8b08', 'hex')
/** gzip and zlib headers as base64 and hexadecimal show them. */
const encodedMagic =
  /(?:H4sI|e[AFJN])[A-Za-z0-9+/_-]{16,}|(?:1f8b08|78(?:01|5e|9c|da))[0-9a-f]{16,}/gi

function sniffed(bytes: Buffer): Piece[] {
  const pieces: Piece[] = []
  for (
    let at = bytes.indexOf(gzipMagic);
    at >= 0 && pieces.length < mostPieces;
    at = bytes.indexOf(gzipMagic, at + 1)
  )
    pieces.push({ bytes: bytes.subarray(at), inflate: [gunzip] })
  if (isZlib(bytes)) pieces.push({ bytes, inflate: [inflate] })
  const text = bytes.toString('latin1')
  for (const [run] of text.matchAll(encodedMagic)) {
    if (pieces.length >= mostPieces) break
    pieces.push(...encodedPieces(run))
  }
  return pieces
}

function encodedPieces(run: string): Piece[] {
  const codings = /^(?:1f8b|78)[0-9a-f]*$/i.test(run) ? (['hex'] as const) : (['base64'] as const)
  return codings.flatMap((coding) => {
    const bytes = Buffer.from(run, coding)
    const isGzip = bytes.subarray(0, gzipMagic.length).equals(gzipMagic)
    if (!isGzip && !isZlib(bytes)) return []
    return [{ bytes, inflate: [isGzip ? gunzip : inflate] }]
  })
}

function isZlib(bytes: Buffer): boolean {
  if (bytes.length < 8) return false
  const method = bytes[0] ?? 0
  return (method & 0x0f) === 8 && method >> 4 <= 7 && bytes.readUInt16BE(0) % 31 === 0
}

function opened({ bytes, inflate }: Piece): Buffer | 'too-large' | undefined {
  for (const attempt of inflate) {
    try {
      return attempt(bytes)
    } catch (error) {
      if (error instanceof RangeError) return 'too-large'
    }
  }
  return undefined
}
