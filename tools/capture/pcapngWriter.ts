import { heldOutput } from './heldOutput.ts'
import { ipOctets, type PacketEnds, udpPacket } from './ipPackets.ts'
import {
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

/** Both ends of a connection report the same secret; this many are remembered to write each only once. */
const secretsRemembered = 4096
/** NSS key log: label, client random, secret (`SSLKEYLOGFILE` format); bounded, since a node may write anything. */
const secretLine = /^[A-Z][A-Z0-9_]{2,63} [0-9A-Fa-f]{64} [0-9A-Fa-f]{32,256}$/

/** Opens a recording. @throws BenchError FILE_UNREADABLE, DISK_FULL when the file cannot be made */
export async function makeRecorder(path: string, options: RecorderOptions = {}): Promise<Recorder> {
  const sink = options.sink ?? fileSink(path)
  const output = heldOutput(sink, { path, header: sectionHeader('onem2m-bench') })
  const nextTime = strictlyIncreasing(options.now ?? highResolutionTime)
  const secrets = rememberedOnce(secretsRemembered)
  let newNames: NamedAddress[] = []
  let comments: string[] = []
  let wires = 0
  let connections = 0

  function addNames(): void {
    if (newNames.length > 0) {
      output.add(nameResolution(newNames))
      newNames = []
    }
  }

  function addPacket(interfaceIndex: number, packet: Buffer): void {
    addNames()
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
        output.addSecret(line)
      }
    },
    nameAddress(address, node) {
      newNames.push({ octets: ipOctets(address), name: node })
    },
    annotate(text) {
      comments.push(text)
    },
    async close() {
      addNames()
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
