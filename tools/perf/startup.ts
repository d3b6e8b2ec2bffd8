import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Figure } from './figure.ts'

const bench = join(import.meta.dirname, '..', '..', 'bench')

/** What the launcher and the command line cost before any work begins: the median of nine starts. */
export async function startupFigures(): Promise<Figure[]> {
  const times: number[] = []
  for (let n = 0; n < 9; n++) {
    const startedAt = performance.now()
    execFileSync(bench, ['help'], { stdio: 'ignore' })
    times.push((performance.now() - startedAt) / 1000)
  }
  const median = times.sort((a, b) => a - b)[4] ?? 0
  return [
    { name: './bench help, second start (median of 9)', value: median, unit: 's', atMost: 0.3 },
  ]
}
