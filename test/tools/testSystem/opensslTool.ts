import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** OpenSSL's command-line tool, started and ended by a test: a TLS stack that is not the tester's. */
export interface OpensslTool {
  readonly process: ChildProcess
  /** All it printed so far. */
  printed(): string
  /** Resolves when what it printed matches; rejects when it ends before. */
  until(pattern: RegExp): Promise<string>
  stop(): Promise<void>
}

export function startOpenssl(...args: readonly string[]): OpensslTool {
  const process = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  const waiting = new Set<() => void>()
  const take = (chunk: Buffer) => {
    printed += chunk.toString('latin1')
    for (const look of waiting) look()
  }
  process.stdout.on('data', take)
  process.stderr.on('data', take)
  process.stdin.on('error', () => {})
  return {
    process,
    printed: () => printed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(printed)) return
          waiting.delete(look)
          resolve(printed)
        }
        waiting.add(look)
        process.once('close', () => {
          look()
          reject(new Error(`openssl ended before ${pattern}: ${printed}`))
        })
        look()
      }),
    stop: async () => {
      if (process.exitCode !== null || process.signalCode !== null) return
      process.kill('SIGKILL')
      await once(process, 'close')
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  server.close()
  await once(server, 'close')
  return typeof bound === 'object' && bound !== null ? bound.port : 0
}
