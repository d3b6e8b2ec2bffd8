import { BenchError } from '../../protocol/errors.ts'
import { ipOctets, type PacketEnds, udpPacket } from './ipPackets.ts'
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  type NamedAddress,
  nameResolution,
  sectionHeader,
} from './pcapngBlocks.ts'
import type { Recorder, TcpEnds, WireRecorder } from './recorder.ts'
import { fileSink, type RecordingSink } from './recordingSink.ts'
import { syntheticTcp } from './syntheticTcp.ts'

export interface RecorderOptions {
  /** Milliseconds since the epoch, with fractions; default: the high-resolution clock of this process. */
  readonly now?: () => number
  /** Default: a file at `path` that only its owner may read. */
  readonly sink?: RecordingSink
}

/** Blocks are handed to the sink when this many bytes wait … */
const batchSize = 256 * 1024
/** … or this long after the first of them came, so that a killed process loses next to nothing. */
const flushAfterMs = 10
/** Both ends of a connection report the same secret; this many are remembered to write each only once. */
const secretsRemembered = 4096
/** NSS key log: label, client random, secret (`SSLKEYLOGFILE` format); bounded, since a node may write anything. */
const secretLine = /^[A-Z][A-Z0-9_]{2,63} [0-9A-Fa-f]{64} [0-9A-Fa-f]{32,256}$/

/** Opens a recording. @throws BenchError FILE_UNREADABLE, DISK_FULL when the file cannot be made */
export async function makeRecorder(path: string, options: RecorderOptions = {}): Promise<Recorder> {
  const output = batchedOutput(options.sink ?? fileSink(path), path)
  const nextTime = strictlyIncreasing(options.now ?? highResolutionTime)
  const secrets = rememberedOnce(secretsRemembered)
  let newSecrets: string[] = []
  let newNames: NamedAddress[] = []
  let comments: string[] = []
  let wires = 0
  let connections = 0

  output.add(sectionHeader('onem2m-bench'))

  function addPending(): void {
    if (newNames.length > 0) {
      output.add(nameResolution(newNames))
      newNames = []
    }
    if (newSecrets.length > 0) {
      output.add(decryptionSecrets(newSecrets))
      newSecrets = []
    }
  }

  function addPacket(interfaceIndex: number, packet: Buffer): void {
    addPending()
    output.add(enhancedPacket({ interfaceIndex, atUs: nextTime(), packet, comments }))
    comments = comments.length === 0 ? comments : []
  }

  function addWire(name: string): WireRecorder {
    const interfaceIndex = wires
    wires += 1
    output.add(interfaceDescription(name))
    let datagrams = 0
    return {
      name,
      openTcp(ends) {
        connections += 1
        return syntheticTcp(ends, firstSequence(connections), (packet) =>
          addPacket(interfaceIndex, packet),
        )
      },
      datagram(ends, from, payload) {
        datagrams += 1
        addPacket(interfaceIndex, udpPacket(datagramEnds(ends, from), datagrams, payload))
      },
    }
  }

  return {
    path,
    addWire,
    addSecret(line) {
      if (secretLine.test(line) && secrets(line)) {
        newSecrets.push(line)
      }
    },
    nameAddress(address, node) {
      newNames.push({ octets: ipOctets(address), name: node })
    },
    annotate(text) {
      comments.push(text)
    },
    async close() {
      addPending()
      if (comments.length > 0 && wires > 0) {
        output.add(interfaceStatistics(0, nextTime(), comments))
        comments = []
      }
      output.close()
    },
    get failure() {
      return output.failure
    },
  }
}

interface Output {
  add(block: Buffer): void
  close(): void
  readonly failure: Error | undefined
}

/** Collects whole blocks and writes them in batches; after the first refusal nothing more is written. */
function batchedOutput(sink: RecordingSink, path: string): Output {
  let waiting: Buffer[] = []
  let size = 0
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

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    size = 0
    if (batch.length > 0 && failure === undefined) {
      attempt(() => sink.write(Buffer.concat(batch)))
    }
  }

  return {
    add(block) {
      if (!open || failure !== undefined) {
        return
      }
      waiting.push(block)
      size += block.length
      if (size >= batchSize) {
        flush()
      } else {
        timer ??= setTimeout(flush, flushAfterMs).unref()
      }
    },
    close() {
      if (open) {
        flush()
        open = false
        attempt(() => sink.close())
      }
    },
    get failure() {
      return failure
    },
  }
}

/** Microseconds since the epoch; each call returns a later one, so that the order of frames is the order of times. */
function strictlyIncreasing(now: () => number): () => number {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.floor(now() * 1000))
    return last
  }
}

function highResolutionTime(): number {
  return performance.timeOrigin + performance.now()
}

/** True for a value that is not among the last `bound` ones. */
function rememberedOnce(bound: number): (value: string) => boolean {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) {
      return false
    }
    known.add(value)
    const [oldest] = known
    if (known.size > bound && oldest !== undefined) {
      known.delete(oldest)
    }
    return true
  }
}

/** Different for each connection, so that one that uses a port again is never taken for the one before. */
function firstSequence(connection: number): { client: number; server: number } {
  return { client: connection * 0x1_0000, server: connection * 0x1_0000 + 0x8000_0000 }
}

function datagramEnds(ends: TcpEnds, from: 'client' | 'server'): PacketEnds {
  const [source, destination] =
    from === 'client' ? [ends.client, ends.server] : [ends.server, ends.client]
  return {
    source: ipOctets(source.address),
    destination: ipOctets(destination.address),
    sourcePort: source.port,
    destinationPort: destination.port,
  }
}
