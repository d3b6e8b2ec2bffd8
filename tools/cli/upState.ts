import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, ownIdentity, type ProcessIdentity } from '../runtimes/processes.ts'
import { benchFolder } from './benchVersion.ts'

/** What `./bench up` leaves for `./bench down`: one network per checkout at a time. */
export interface UpState extends ProcessIdentity {
  readonly topology: string
  readonly folder: string
}

/** Where the note is kept. */
export const stateFolder = join(benchFolder, '.bench')
const file = join(stateFolder, 'up.json')

export function rememberNetwork(state: Omit<UpState, keyof ProcessIdentity>): void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
  const own: UpState = { ...state, ...ownIdentity() }
  writeFileSync(file, JSON.stringify(own), { mode: 0o600 })
}

/** The network that is up, or undefined; a note whose process is gone counts as none. */
export function runningNetwork(): UpState | undefined {
  try {
    const state: UpState = JSON.parse(readFileSync(file, 'utf8'))
    return isAlive(state) ? state : undefined
  } catch {
    return undefined
  }
}

/** Removes the note, unless the network is still up and belongs to another process. */
export function forgetNetwork(): void {
  const state = runningNetwork()
  if (state === undefined || state.pid === process.pid) rmSync(file, { force: true })
}
