import { renameSync, rmSync } from 'node:fs'
import { BenchError } from '../../protocol/errors.ts'
import { ipOctets } from './ipPackets.ts'
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  type NamedAddress,
  nameResolution,
  sectionHeader,
} from './pcapngBlocks.ts'
import { readRecording } from './reading/readRecording.ts'
import type { CapturedFrame, RecordedInterface, RecordingItem } from './reading/recordingItem.ts'
import { fileSink } from './recordingSink.ts'

/** One recording among several of the same network. */
export interface RecordingPart {
  readonly path: string
  /** Turns times of this recording into those of the clock that counts; keeps their order. */
  readonly correct: (thereMs: number) => number
}

export interface MergeOptions {
  readonly parts: readonly RecordingPart[]
  /** Where the whole is to be. */
  readonly path: string
  /** NSS key-log lines that are in none of the parts. */
  readonly secrets: readonly string[]
  /** Notes on the time line, in its order: each goes to the next frame. */
  readonly notes: readonly RecordingNote[]
}

export interface RecordingNote {
  readonly atMs: number
  readonly text: string
}

const secretsPerBlock = 1000

/**
 * Makes one recording of several, frame by frame in order of corrected time, all secrets first; takes no more memory
 * than a piece of each part. Whole or not there. @throws BenchError RECORDING_INVALID, DISK_FULL, FILE_UNREADABLE
 */
export async function mergeRecordings(options: MergeOptions): Promise<void> {
  const { path } = options
  const arriving = `${path}.merging`
  try {
    await write(options, arriving)
    renameSync(arriving, path)
  } finally {
    rmSync(arriving, { force: true })
  }
}

async function write({ parts, secrets, notes }: MergeOptions, path: string): Promise<void> {
  const sink = fileSink(path)
  try {
    const merged = new MergedSection((block) => sink.write(block), notes)
    merged.secrets(secrets)
    const cursors = await Promise.all(parts.map((part) => openCursor(part, merged)))
    for (let next = earliest(cursors); next !== undefined; next = earliest(cursors)) {
      merged.frame(next.frame, next.atMs)
      await next.advance()
    }
    merged.end()
  } catch (cause) {
    if (cause instanceof BenchError) throw cause
    throw new BenchError('DISK_FULL', `the recording ${path} cannot be written: ${String(cause)}`, {
      remedy: 'free space on the disk and run again',
      cause,
    })
  } finally {
    sink.close()
  }
}

/** The next frame of a part, with its corrected time. */
interface Cursor {
  frame: CapturedFrame | undefined
  atMs: number
  advance(): Promise<void>
}

type FilledCursor = Cursor & { frame: CapturedFrame }

function earliest(cursors: readonly Cursor[]): FilledCursor | undefined {
  const filled = cursors.filter((cursor): cursor is FilledCursor => cursor.frame !== undefined)
  const [first, ...others] = filled
  return others.reduce<FilledCursor | undefined>(
    (best, one) => (best !== undefined && best.atMs <= one.atMs ? best : one),
    first,
  )
}

/** Reads a part up to its next frame; what is no frame goes into the section as it comes. */
async function openCursor(part: RecordingPart, merged: MergedSection): Promise<Cursor> {
  const batches = readRecording(part.path)
  let waiting: RecordingItem[] = []
  const cursor: Cursor = {
    frame: undefined,
    atMs: 0,
    async advance() {
      cursor.frame = undefined
      for (;;) {
        const item = waiting.shift()
        if (item === undefined) {
          const { value, done } = await batches.next()
          if (done === true) return
          // Bytes are views of the reader's buffer, which is not touched before the next batch is asked for.
          waiting = [...value]
        } else if (item.kind === 'frame') {
          cursor.frame = item
          cursor.atMs = part.correct(item.atMs)
          return
        } else merged.take(item, part.path)
      }
    },
  }
  await cursor.advance()
  return cursor
}

/** What the file holds so far, as far as the rest depends on it. */
class MergedSection {
  readonly #write: (block: Buffer) => void
  readonly #notes: readonly RecordingNote[]
  readonly #interfaces = new Map<RecordedInterface, number>()
  readonly #names = new Set<string>()
  readonly #secrets = new Set<string>()
  #notesUsed = 0
  #lastUs = 0

  constructor(write: (block: Buffer) => void, notes: readonly RecordingNote[]) {
    this.#write = write
    this.#notes = notes
    write(sectionHeader('onem2m-bench'))
  }

  secrets(lines: readonly string[]): void {
    const fresh = lines.filter((line) => line !== '' && !this.#secrets.has(line))
    for (const line of fresh) this.#secrets.add(line)
    for (let at = 0; at < fresh.length; at += secretsPerBlock) {
      this.#write(decryptionSecrets(fresh.slice(at, at + secretsPerBlock)))
    }
  }

  take(item: Exclude<RecordingItem, CapturedFrame>, path: string): void {
    if (item.kind === 'secrets') this.secrets(item.lines)
    else if (item.kind === 'name') this.#name({ octets: ipOctets(item.address), name: item.name })
    else if (item.kind === 'interface') {
      this.#interfaces.set(item.interface, this.#interfaces.size)
      this.#write(interfaceDescription(item.interface.name))
    } else {
      throw new BenchError('RECORDING_INVALID', `${path}: ${item.message} (at ${item.offset})`, {
        remedy: 'one part of the recording is damaged: run again',
      })
    }
  }

  frame(frame: CapturedFrame, atMs: number): void {
    this.#lastUs = Math.max(this.#lastUs + 1, Math.floor(atMs * 1000))
    const block = enhancedPacket({
      interfaceIndex: this.#interfaces.get(frame.interface) ?? 0,
      atUs: this.#lastUs,
      packet: frame.data,
      comments: [...this.#notesUntil(atMs), ...frame.comments],
    })
    this.#write(block)
  }

  end(): void {
    const rest = this.#notesUntil(Number.POSITIVE_INFINITY)
    if (rest.length > 0 && this.#interfaces.size > 0) {
      this.#write(interfaceStatistics(0, this.#lastUs + 1, rest))
    }
  }

  #name(named: NamedAddress): void {
    const key = `${Buffer.from(named.octets).toString('hex')} ${named.name}`
    if (this.#names.has(key)) return
    this.#names.add(key)
    this.#write(nameResolution([named]))
  }

  #notesUntil(atMs: number): readonly string[] {
    const from = this.#notesUsed
    while ((this.#notes[this.#notesUsed]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) {
      this.#notesUsed += 1
      if (this.#notesUsed >= this.#notes.length) break
    }
    return this.#notes.slice(from, this.#notesUsed).map(({ text }) => text)
  }
}
