import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boundSocket, closeSocket, endpointOf } from '../../dtls/udpSocket.ts'

export const loopback = '127.0.0.1'

/** A running command-line tool. */
export interface ForeignProgram {
  /** Everything it printed so far. */
  printed(): string
  /** Waits until it has printed this; throws with what it did print when it ends first, or takes too long. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  tell(text: string): void
  stop(): Promise<void>
}

/** What the tests of one foreign stack start, and how they clean up. */
export interface Bench {
  start(program: string, args: readonly string[]): ForeignProgram
  /** Writes a file that the programs can read; returns its path. */
  file(name: string, content: string | Buffer): string
  /** Runs a clean-up at the end. */
  defer(end: () => unknown): void
  end(): Promise<void>
}

const longestWaitMs = 20_000

export function openBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-dtls-'))
  const ends: (() => unknown)[] = []
  return {
    start: (program, args) => {
      const running = startProgram(program, args)
      ends.push(running.stop)
      return running
    },
    file: (name, content) => {
      const path = join(folder, name)
      writeFileSync(path, content, { mode: 0o600 })
      return path
    },
    defer: (end) => {
      ends.push(end)
    },
    end: async () => {
      for (const end of ends.splice(0).reverse()) await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function startProgram(program: string, args: readonly string[]): ForeignProgram {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  let check = () => {}
  const take = (chunk: Buffer) => {
    printed += chunk.toString('latin1')
    check()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  child.stdin.on('error', () => {})
  const ended = once(child, 'exit')
  return {
    printed: () => printed,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) =>
          reject(new Error(`${program} ${why} without ${pattern}:\n${printed}`))
        const timer = setTimeout(() => fail('went on'), longestWaitMs)
        check = () => {
          const found = pattern.exec(printed)
          if (found === null) return
          clearTimeout(timer)
          resolve(found)
        }
        check()
        ended.then(() => {
          clearTimeout(timer)
          // What it printed last may still be on its way.
          setImmediate(() => {
            check()
            fail('ended')
          })
        }, reject)
      }),
    tell: (text) => {
      child.stdin.write(text)
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A UDP port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = await boundSocket({ address: loopback, port: 0 })
  const { port } = endpointOf(socket)
  await closeSocket(socket)
  return port
}
