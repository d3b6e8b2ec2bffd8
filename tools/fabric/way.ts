import { isIPv4 } from 'node:net'
import type { WireWay } from './fabric.ts'

/** One way of a wire while it is open, whatever the transport. */
export interface OpenWay {
  /** Where it listens; the port is the real one where any free one was asked for. */
  readonly listen: WireWay['listen']
  /** Where connections from now on lead to; `null` = where the plan says. */
  redirect(target: WireWay['target'] | null): void
  /** Ends every connection abruptly; new ones are still looked at. */
  abortAll(): void
  /** Resolves when no socket is left. */
  close(): Promise<void>
}

/** The address to call from so that the far end sees who is calling: possible between loopback addresses only. */
export function sourceAddress(caller: string, target: string): string | undefined {
  return isLoopback(caller) && isLoopback(target) ? caller : undefined
}

function isLoopback(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.')
}
