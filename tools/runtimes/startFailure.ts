import { BenchError } from '../../protocol/errors.ts'
import { isOutOfRoom } from '../../protocol/writeFailure.ts'

/** Why a node did not come up, with the last things it said. An interruption stays as it is. */
export function startFailure(
  node: string,
  lastLines: readonly string[],
  cause: unknown,
): BenchError {
  const known = cause instanceof BenchError ? cause : undefined
  if (known?.code === 'INTERRUPTED') {
    return known
  }
  const because = cause instanceof Error ? cause.message : String(cause)
  const said =
    lastLines.length === 0
      ? `${node} said nothing`
      : `last lines of ${node}:\n${lastLines.map((line) => `  ${line}`).join('\n')}`
  return new BenchError(
    known?.code ?? (isOutOfRoom(cause) ? 'DISK_FULL' : 'NODE_START_FAILED'),
    `${node} did not come up: ${because}\n${said}`,
    {
      remedy: known?.remedy ?? 'read what it said last, and its events in the folder of the run',
      cause,
    },
  )
}
