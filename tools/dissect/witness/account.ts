/** What the recorder of one node says of its own recording; stored beside it. */
export interface WitnessAccount {
  readonly node: string
  /** Frames written down. */
  readonly captured: number
  /** Frames the kernel had for it, with those of them that it had no room for. */
  readonly received: number
  readonly dropped: number
  /** Why it cannot be believed. */
  readonly problem?: string
}

/** Below the folder of a testbed. */
export const witnessFolder = 'kernel'
export const accountsFile = `${witnessFolder}/witnesses.json`

/** Classic pcap, as tcpdump wrote it. */
export function witnessFile(node: string): string {
  return `${witnessFolder}/${node}.pcap`
}
