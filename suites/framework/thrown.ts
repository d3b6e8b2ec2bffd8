/** What something thrown while a purpose ran says about it. */
import { AssertionError } from 'chai'
import { BenchError, type ErrorCode, type Fault } from '../../protocol/errors.ts'
import { Inconclusive, type Outcome } from './verdict.ts'

const kindOfFault: Readonly<Record<Fault, Outcome['kind']>> = {
  peer: 'inconclusive',
  environment: 'inconclusive',
  bench: 'bench-error',
  caller: 'bench-error',
}

/** Nobody's fault but the machine's, and yet the bench could not do its part: nothing may be judged by what is left. */
const brokenBench: ReadonlySet<ErrorCode> = new Set(['DISK_FULL'])

/**
 * A failed chai assertion contradicts the purpose; a time-out or a refused control command leaves it open; anything
 * else, also an assertion of another library, is a defect of the bench and never the IUT's.
 */
export function outcomeOfThrown(thrown: unknown): Outcome {
  if (thrown instanceof AssertionError) return { kind: 'contradicted', because: thrown.message }
  if (thrown instanceof Inconclusive) return { kind: 'inconclusive', because: thrown.message }
  if (thrown instanceof BenchError) {
    const remedy = thrown.remedy === undefined ? '' : ` (${thrown.remedy})`
    return {
      kind: brokenBench.has(thrown.code) ? 'bench-error' : kindOfFault[thrown.fault],
      because: `${thrown.code}: ${thrown.message}${remedy}`,
    }
  }
  return { kind: 'bench-error', because: inWords(thrown) }
}

function inWords(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `something was thrown that is not an error: ${thrown}`
  return `${thrown.name}: ${thrown.message}${whereOf(thrown)}`
}

/** File name and line of the first stack frame: enough to find it, the same on every machine. */
function whereOf(thrown: Error): string {
  const place = /\/([^/\s()]+:\d+):\d+\)?$/m.exec(thrown.stack ?? '')?.[1]
  return place === undefined ? '' : ` at ${place}`
}
