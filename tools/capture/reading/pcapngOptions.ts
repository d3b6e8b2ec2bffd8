import type { ByteOrder } from './byteOrder.ts'

export interface PcapngOption {
  readonly code: number
  readonly value: Buffer
}

/** Option codes that are read (pcapng, by block). */
export const optionCode = {
  comment: 1,
  interfaceName: 2,
  interfaceResolution: 9,
  interfaceOffset: 14,
  frameDropCount: 4,
  statisticsDropped: 5,
} as const

/** Options at the end of a block body; stops at the first that does not fit. */
export function readOptions(bytes: Buffer, order: ByteOrder): PcapngOption[] {
  const options: PcapngOption[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const code = order.u16(bytes, at)
    const length = order.u16(bytes, at + 2)
    if (code === 0 || at + 4 + length > bytes.length) break
    options.push({ code, value: bytes.subarray(at + 4, at + 4 + length) })
    at += 4 + padded(length)
  }
  return options
}

/** Everything in a block is padded to four bytes. */
export function padded(length: number): number {
  return (length + 3) & ~3
}

export function textOption(options: readonly PcapngOption[], code: number): string | undefined {
  return options
    .find((option) => option.code === code)
    ?.value.toString('utf8')
    .replace(/\0+$/, '')
}
