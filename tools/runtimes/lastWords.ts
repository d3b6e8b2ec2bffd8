import type { Readable } from 'node:stream'

const mostBytes = 4096
const mostLines = 20

/** Listens to what a program says to people, and keeps the end of it. */
export function lastWords(stderr: Readable): () => string {
  let kept: Buffer = Buffer.alloc(0)
  stderr.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]).subarray(-mostBytes)
  })
  stderr.on('error', () => {})
  return () => kept.toString().trim().split('\n').slice(-mostLines).join('\n')
}
