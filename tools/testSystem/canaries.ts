import { seededBytes } from '../../protocol/random.ts'
import type { Canary } from '../dissect/trace.ts'

/**
 * A marker that chance does not repeat (96 bits from the seed). Its tail has characters whose URL and JSON encodings
 * differ from the raw text, so that a search for one encoding only would miss the others.
 */
export function makeCanary(seed: number, purposeId: string, label: string, index: number): Canary {
  const random = seededBytes(seed, `canary ${purposeId} ${index} ${label}`, 12)
  return { label, text: `canary-${Buffer.from(random).toString('hex')}-é/+ &` }
}
