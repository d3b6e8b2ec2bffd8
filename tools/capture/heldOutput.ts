import { BenchError } from '../../protocol/errors.ts'
import { decryptionSecrets } from './pcapngBlocks.ts'
import type { RecordingSink } from './recordingSink.ts'

/** Whole blocks on their way into a recording. */
export interface HeldOutput {
  add(block: Buffer): void
  /** Goes out ahead of every block that is still held. */
  addSecret(line: string): void
  /** Writes what is held, and ends the recording. Idempotent. */
  close(): void
  /** Set at the first refusal; nothing is written after it. */
  readonly failure: Error | undefined
}

/**
 * Blocks are held for one to two of these, which is all that a killed process loses. A server tells the secret of a
 * handshake only after it got the client's key exchange, and a packet analyser needs it before that frame.
 */
const holdMs = 10
/** More than this is not held. */
const mostHeld = 4 * 1024 * 1024

export interface RecordingStart {
  /** Named when the sink refuses. */
  readonly path: string
  /** What the recording begins with; never held. */
  readonly header: Buffer
}

export function heldOutput(sink: RecordingSink, { path, header }: RecordingStart): HeldOutput {
  let older: Buffer[] = []
  let newer: Buffer[] = []
  let secrets: string[] = []
  let held = 0
  let timer: NodeJS.Timeout | undefined
  let failure: Error | undefined
  let open = true

  function attempt(action: () => void): void {
    try {
      action()
    } catch (cause) {
      failure ??= new BenchError('DISK_FULL', `the recording ${path} broke off: ${String(cause)}`, {
        remedy: 'free space on the disk and run again',
        cause,
      })
    }
  }

  function write(blocks: readonly Buffer[]): void {
    const batch = secrets.length === 0 ? blocks : [decryptionSecrets(secrets), ...blocks]
    secrets = []
    held -= blocks.reduce((sum, block) => sum + block.length, 0)
    if (batch.length > 0 && failure === undefined) {
      attempt(() => sink.write(Buffer.concat(batch)))
    }
  }

  /** Two turns of the timer, however late they come: between them the event loop has looked at every socket. */
  function tick(): void {
    write(older)
    older = newer
    newer = []
    timer = older.length === 0 ? undefined : setTimeout(tick, holdMs).unref()
  }

  function writeAll(): void {
    write([...older, ...newer])
    older = []
    newer = []
  }

  attempt(() => sink.write(header))
  return {
    add(block) {
      if (!open || failure !== undefined) {
        return
      }
      newer.push(block)
      held += block.length
      if (held > mostHeld) {
        writeAll()
      }
      timer ??= setTimeout(tick, holdMs).unref()
    },
    addSecret(line) {
      if (open && failure === undefined) {
        secrets.push(line)
        timer ??= setTimeout(tick, holdMs).unref()
      }
    },
    close() {
      if (open) {
        open = false
        clearTimeout(timer)
        writeAll()
        attempt(() => sink.close())
      }
    },
    get failure() {
      return failure
    },
  }
}
