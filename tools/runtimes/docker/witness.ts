import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BenchError } from '../../../protocol/errors.ts'
import type { WitnessAccount } from '../../dissect/witness/account.ts'
import { witnessFile, witnessFolder } from '../../dissect/witness/account.ts'
import { bounded } from '../bounded.ts'
import type { HostedProgram } from '../nodeHost.ts'
import type { Container } from './container.ts'

/** A recorder in the network of one node: tcpdump, which the kernel tells what passes there. */
export interface Witness {
  readonly container: Container
  /** Ends it once it has written down all it was given. Never rejects: what went wrong is in the account. */
  finish(): Promise<WitnessAccount>
  /** Ends it at once. */
  abandon(): Promise<void>
}

export interface WitnessStart {
  readonly node: string
  readonly container: Container
  /** Folder of the testbed. */
  readonly folder: string
  readonly signal: AbortSignal
}

export const tcpdumpProgram = '/usr/bin/tcpdump'
/** The largest frame: an IPv4 packet that is yet to be cut into segments, and its Ethernet header. */
const largestFrame = 65_535 + 14
/** All recorders of a network together may hold this much in the kernel, and each of them so much. */
const bufferMiB = { all: 512, least: 4, most: 16 } as const

/**
 * Everything, whole, at once, as bytes on the standard output; the card need not listen to what is not for it. Handed over
 * at once, every frame takes the room of the largest one: too little room, and a busy machine loses frames.
 */
export function tcpdumpWords(nodes: number): readonly string[] {
  const { all, least, most } = bufferMiB
  const mebibytes = Math.min(most, Math.max(least, Math.floor(all / nodes)))
  const room = ['-s', String(largestFrame), '-B', String(mebibytes * 1024)]
  return ['-i', 'eth0', '-p', ...room, '-U', '--immediate-mode', '-w', '-']
}

/** It opens a raw socket, then gives up root for a user of its own. */
export const tcpdumpCapabilities = ['NET_RAW', 'SETUID', 'SETGID']

const readyTimeoutMs = 20_000
const finishTimeoutMs = 20_000
/** It tells how much it got when it is sent this signal, and goes on. */
const askCounts = 'SIGUSR1'

/**
 * Starts the recorder; resolves when it records. It owns the network that the node's container then joins, so that it
 * is there before anything of the node is, and no word can be missed. @throws BenchError NODE_START_FAILED, TIMED_OUT
 */
export async function startWitness(start: WitnessStart): Promise<Witness> {
  const { node, container, folder, signal } = start
  const what = `the recorder of ${node}`
  await mkdir(join(folder, witnessFolder), { recursive: true, mode: 0o700 })
  const program = await container.start()
  program.stdin.on('error', () => {})
  const words = listenTo(program.stderr)
  // A disk that refuses bytes ends the recorder, and shows in its account.
  let failure: unknown
  const written = pipeline(
    program.stdout,
    createWriteStream(join(folder, witnessFile(node)), { mode: 0o600 }),
  ).catch((error: unknown) => {
    failure = error
    return program.kill()
  })
  const early = program.ended.then(({ because }) => {
    throw new BenchError('NODE_START_FAILED', `${what} ended: ${because}\n${words.text()}`)
  })
  early.catch(() => {})
  await bounded(Promise.race([words.heard(/listening on/), early]), {
    what: `${what} to begin`,
    timeoutMs: readyTimeoutMs,
    signal,
  })
  const account = (problem?: string): WitnessAccount => {
    const counts = countsIn(words.text())
    return { node, ...counts, ...(problem === undefined ? {} : { problem }) }
  }
  return {
    container,
    async finish() {
      try {
        await bounded(end(container, program, words), { what, timeoutMs: finishTimeoutMs })
        await bounded(written, { what: `the file of ${what}`, timeoutMs: finishTimeoutMs })
        return account(failure === undefined ? undefined : `its file broke off: ${failure}`)
      } catch (error) {
        await program.kill()
        return account(error instanceof Error ? error.message : String(error))
      }
    },
    abandon: () => program.kill(),
  }
}

/** tcpdump leaves unread what waits for it when it is told to end: it is asked first, until nothing waits. */
async function end(container: Container, program: HostedProgram, words: Words): Promise<void> {
  const ended = program.ended.then(({ because }) => {
    throw new BenchError('NODE_START_FAILED', `it ended too early: ${because}`)
  })
  ended.catch(() => {})
  for (;;) {
    const answer = words.nextCounts()
    await Promise.race([container.signal(askCounts), ended])
    const { captured, received, dropped } = await Promise.race([answer, ended])
    if (captured + dropped >= received) break
  }
  const last = words.nextCounts()
  await container.signal('SIGTERM')
  await last
  await program.ended
}

interface Counts {
  readonly captured: number
  readonly received: number
  readonly dropped: number
}

/** What tcpdump says to people, as far as it matters here. */
interface Words {
  text(): string
  heard(form: RegExp): Promise<void>
  /** The counts it says next. */
  nextCounts(): Promise<Counts>
}

const mostText = 64 * 1024
const countsForm =
  /(\d+) packets? captured[\s,]+(\d+) packets? received by filter[\s,]+(\d+) packets? dropped by kernel/g

function listenTo(stderr: Readable): Words {
  let text = ''
  const waiting = new Set<() => void>()
  stderr.setEncoding('latin1')
  stderr.on('data', (more: string) => {
    text = (text + more).slice(-mostText)
    for (const look of waiting) look()
  })
  const until = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return {
    text: () => text,
    heard: async (form) => {
      await until(() => form.exec(text) ?? undefined)
    },
    nextCounts() {
      const before = [...text.matchAll(countsForm)].length
      return until(() => {
        const all = [...text.matchAll(countsForm)]
        return all.length > before ? countsIn(text) : undefined
      })
    },
  }
}

/** The last it said. */
function countsIn(text: string): Counts {
  const [, captured, received, dropped] = [...text.matchAll(countsForm)].at(-1) ?? []
  return {
    captured: Number(captured ?? 0),
    received: Number(received ?? 0),
    dropped: Number(dropped ?? 0),
  }
}
