import { readFileSync, readlinkSync } from 'node:fs'
import { isAlive, ownIdentity, type ProcessIdentity } from '../runtimes/processes.ts'

const prefix = 'org.onem2m-bench.'

/** The labels everything of ours in an engine carries. */
export const label = {
  run: `${prefix}run`,
  owner: `${prefix}owner`,
  machine: `${prefix}machine`,
  /** Only on images. */
  version: `${prefix}version`,
  commit: `${prefix}commit`,
  content: `${prefix}content`,
  base: `${prefix}base`,
} as const

export type Labels = Readonly<Record<string, string>>

/** For every container, network and volume of a run: whose it is, so that it is removed when its owner is dead. */
export function ownLabels(runId: string): Labels {
  const { pid, startTime } = ownIdentity()
  return {
    [label.run]: runId,
    [label.owner]: `${pid}-${startTime}`,
    [label.machine]: ownMachine(),
  }
}

/**
 * Where process numbers mean the same: one start of the kernel, one namespace of processes. An engine may serve several
 * machines, and outlives a restart of this one.
 */
function ownMachine(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const processes = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  return `${boot}.${processes}`
}

export type OwnerState = 'alive' | 'dead' | 'unknown'

/** Whether the run that made a thing still goes on; `isLocal`: the engine runs on this machine. */
export function ownerState(labels: Labels, isLocal: boolean): OwnerState {
  const owner = parseOwner(labels[label.owner])
  if (owner === undefined) return 'unknown'
  const [boot, processes] = (labels[label.machine] ?? '').split('.')
  const [ownBoot, ownProcesses] = ownMachine().split('.')
  if (boot === ownBoot && processes === ownProcesses) return isAlive(owner) ? 'alive' : 'dead'
  // Made here before this machine was started again; or by another machine that shares the engine.
  return isLocal && boot !== undefined && boot !== '' && boot !== ownBoot ? 'dead' : 'unknown'
}

function parseOwner(text: string | undefined): ProcessIdentity | undefined {
  const [, pid, startTime] = /^(\d{1,10})-(\d{1,20})$/.exec(text ?? '') ?? []
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime }
}
