import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { benchFolder } from './benchVersion.ts'

/** What `./bench up` leaves for `./bench down`: one network per checkout at a time. */
export interface UpState {
  readonly pid: number
  /** Start time of that process as the kernel counts it: tells it from another that got its number. */
  readonly startTime: string
  readonly topology: string
  readonly folder: string
}

const file = join(benchFolder, '.bench', 'up.json')

export function rememberNetwork(state: Omit<UpState, 'pid' | 'startTime'>): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const own: UpState = { ...state, pid: process.pid, startTime: startTimeOf(process.pid) ?? '' }
  writeFileSync(file, JSON.stringify(own), { mode: 0o600 })
}

/** The network that is up, or undefined; a note whose process is gone counts as none. */
export function runningNetwork(): UpState | undefined {
  try {
    const state: UpState = JSON.parse(readFileSync(file, 'utf8'))
    return startTimeOf(state.pid) === state.startTime ? state : undefined
  } catch {
    return undefined
  }
}

/** Removes the note, unless the network is still up and belongs to another process. */
export function forgetNetwork(): void {
  const state = runningNetwork()
  if (state === undefined || state.pid === process.pid) rmSync(file, { force: true })
}

/** Field 22 of /proc/PID/stat; undefined when there is no such process. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
