import { hostname } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import process from 'node:process'
import type { NodeResources } from './loadContract.ts'

const resolutionMs = 10

/** Begins with the first question, so that a node nobody asks pays nothing; its timer keeps no process alive. */
let delays: ReturnType<typeof monitorEventLoopDelay> | undefined

/** Milliseconds since the epoch with fractions, from a clock that never runs backwards. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now()
}

/** What this process has used so far. */
export function nodeResources(): NodeResources {
  const { user, system } = process.cpuUsage()
  const { active, idle } = performance.eventLoopUtilization()
  return {
    process: `${hostname()}-${process.pid}-${Math.round(performance.timeOrigin)}`,
    atMs: steadyNow(),
    cpuMs: (user + system) / 1000,
    rssBytes: process.memoryUsage.rss(),
    busyMs: active,
    idleMs: idle,
    delayMs: delaysSinceLastAsked(),
  }
}

function delaysSinceLastAsked(): NodeResources['delayMs'] {
  if (delays === undefined) {
    delays = monitorEventLoopDelay({ resolution: resolutionMs })
    delays.enable()
    return { p99: 0, most: 0 }
  }
  // The monitor measures from one tick of its timer to the next; only what exceeds the tick is a delay.
  const beyondTick = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolutionMs)
  const told = { p99: beyondTick(delays.percentile(99)), most: beyondTick(delays.max) }
  delays.reset()
  return told
}
