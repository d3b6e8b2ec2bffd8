import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { BenchError } from '../../protocol/errors.ts'

const blockType = {
  sectionHeader: 0x0a0d0d0a,
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  decryptionSecrets: 10,
} as const
const packetBlocks: readonly number[] = [
  blockType.packet,
  blockType.simplePacket,
  blockType.enhancedPacket,
]
const byteOrderMagic = 0x1a2b3c4d
/** Type and length, and of a section header the byte order. */
const headBytes = 12
const largestBlock = 16 * 1024 * 1024
const chunkBytes = 1024 * 1024

interface Piece {
  readonly at: number
  readonly length: number
}

/** What of a recording goes where: the section header first, then secrets, then the rest, each in the order it had. */
interface Layout {
  readonly header: Piece
  readonly secrets: readonly Piece[]
  readonly rest: readonly Piece[]
  /** No secret comes after a packet. */
  readonly isInOrder: boolean
}

/**
 * Moves a recording to `to` with every secret before the first packet, where a packet analyser that reads from front to back
 * needs it. Other blocks, and so the numbers of frames, stay as they are. `to` appears whole or not at all; `from` is gone
 * afterwards. @throws BenchError RECORDING_INVALID, DISK_FULL, FILE_UNREADABLE; `from` is left as it is then
 */
export async function frontSecrets(from: string, to: string): Promise<void> {
  const part = `${to}.part`
  try {
    await using source = await open(from, 'r')
    const layout = await readLayout(source, from)
    if (layout.isInOrder) {
      await rename(from, to)
      return
    }
    await rm(part, { force: true })
    await using sink = await open(part, 'wx', 0o600)
    for (const piece of [layout.header, ...layout.secrets, ...layout.rest]) {
      await copy(piece, source, sink)
    }
    await rename(part, to)
    await rm(from)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause instanceof BenchError ? cause : movingFailed(to, cause)
  }
}

async function readLayout(source: FileHandle, name: string): Promise<Layout> {
  const secrets: Piece[] = []
  const rest: Piece[] = []
  let header: Piece | undefined
  let sawPacket = false
  let isInOrder = true
  for await (const { type, at, length } of blocksOf(source, name)) {
    if (type === blockType.sectionHeader) {
      if (header !== undefined) throw invalid(name, `a second section at byte ${at}`)
      header = { at, length }
    } else if (type === blockType.decryptionSecrets) {
      isInOrder = isInOrder && !sawPacket
      secrets.push({ at, length })
    } else {
      sawPacket = sawPacket || packetBlocks.includes(type)
      append(rest, { at, length })
    }
  }
  if (header === undefined) throw invalid(name, 'it is empty')
  return { header, secrets, rest, isInOrder }
}

/** What follows on the piece before is one piece with it. */
function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1)
  if (last !== undefined && last.at + last.length === piece.at) {
    pieces[pieces.length - 1] = { at: last.at, length: last.length + piece.length }
  } else {
    pieces.push(piece)
  }
}

/** The blocks of a file by their heads; what is in them is not read into memory at once. */
async function* blocksOf(
  source: FileHandle,
  name: string,
): AsyncGenerator<Piece & { readonly type: number }> {
  const { size } = await source.stat()
  const chunk = Buffer.alloc(chunkBytes)
  let chunkAt = 0
  let filled = 0
  let isLittleEndian = true
  for (let at = 0; at < size; ) {
    if (at + headBytes > chunkAt + filled) {
      chunkAt = at
      filled = (await source.read(chunk, 0, chunkBytes, at)).bytesRead
      if (filled < headBytes) throw invalid(name, `it breaks off at byte ${at}`)
    }
    const head = chunk.subarray(at - chunkAt, at - chunkAt + headBytes)
    const isHeader = head.readUInt32BE(0) === blockType.sectionHeader
    if (at === 0 && !isHeader) throw invalid(name, 'it is no pcapng file')
    if (isHeader) isLittleEndian = head.readUInt32LE(8) === byteOrderMagic
    const length = isLittleEndian ? head.readUInt32LE(4) : head.readUInt32BE(4)
    if (length < headBytes || length % 4 !== 0 || length > largestBlock) {
      throw invalid(name, `a block of ${length} bytes at byte ${at}`)
    }
    if (at + length > size) throw invalid(name, `it breaks off within the block at byte ${at}`)
    yield { type: isLittleEndian ? head.readUInt32LE(0) : head.readUInt32BE(0), at, length }
    at += length
  }
}

async function copy({ at, length }: Piece, source: FileHandle, sink: FileHandle): Promise<void> {
  const chunk = Buffer.alloc(Math.min(length, chunkBytes))
  for (let done = 0; done < length; ) {
    const most = Math.min(chunk.length, length - done)
    const { bytesRead } = await source.read(chunk, 0, most, at + done)
    if (bytesRead === 0) throw new Error('the file became shorter while it was read')
    // Takes all of the bytes or rejects.
    await sink.appendFile(chunk.subarray(0, bytesRead))
    done += bytesRead
  }
}

function invalid(name: string, because: string): BenchError {
  return new BenchError('RECORDING_INVALID', `the recording ${name} is damaged: ${because}`, {
    remedy: 'nothing can be judged by it: run again',
  })
}

function movingFailed(to: string, cause: unknown): BenchError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return new BenchError(
    code === 'ENOSPC' ? 'DISK_FULL' : 'FILE_UNREADABLE',
    `the recording ${to} cannot be written (${String(code ?? cause)})`,
    { remedy: 'choose a folder on a disk with free space that you may write to', cause },
  )
}
