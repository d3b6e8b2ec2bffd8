import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { ProgramEnded, StartRequest } from './contract.ts'

/** The program that a task runs for the bench. */
export interface Program {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly ended: Promise<ProgramEnded['ended']>
  /** Resolves when it is gone. */
  kill(): Promise<void>
}

/** Starts it in a fresh folder with its files, which only its user can read. */
export function startProgram(request: StartRequest, own: string): Program {
  mkdirSync(own, { mode: 0o700 })
  for (const { name, base64 } of request.files) {
    writeFileSync(join(own, name), Buffer.from(base64, 'base64'), { mode: 0o600 })
  }
  const child = spawn(request.program, request.words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: own,
    env: { TMPDIR: own },
  })
  const ended = endOf(child)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill }
}

function endOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Promise<ProgramEnded['ended']> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ because: error.message }))
    child.once('exit', (code, signal) => {
      if (code === null) resolve({ because: `killed (${signal})` })
      else resolve({ code, because: `exit code ${code}` })
    })
  })
}
