import { BenchError } from '../../protocol/errors.ts'
import { exitCode } from './command.ts'

/** What a person needs to know about a failure: the message, then what to do. A defect of the bench shows its stack. */
export function describeError(error: unknown): string[] {
  if (!(error instanceof BenchError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return ['bench: a defect of the bench itself (INTERNAL):', ...stack.split('\n')]
  }
  const lines = `bench: ${error.message} (${error.code})`.split('\n')
  if (error.remedy !== undefined) lines.push(...error.remedy.split('\n').map((line) => `  ${line}`))
  return lines
}

export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof BenchError)) return exitCode.inconclusive
  if (error.code === 'CAPABILITY_MISSING') return exitCode.incapable
  if (error.code === 'INTERRUPTED') return exitCode.interrupted
  return error.fault === 'caller' ? exitCode.usage : exitCode.inconclusive
}
