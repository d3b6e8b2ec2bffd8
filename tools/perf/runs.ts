import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'

const bench = join(import.meta.dirname, '..', '..', 'bench')

/** Whole commands as a user starts them. */
export async function runFigures(): Promise<Figure[]> {
  return [
    { name: './bench demo', value: secondsOf(['demo']), unit: 's', atMost: 6 },
    {
      name: './bench run --profile full (all purposes)',
      value: secondsOf(['run', '--profile', 'full']),
      unit: 's',
      atMost: 30,
    },
    {
      name: './bench prove (every purpose against its mutants)',
      value: secondsOf(['prove']),
      unit: 's',
    },
  ]
}

function secondsOf(words: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  try {
    const startedAt = performance.now()
    const { status } = spawnSync(bench, [...words, '--out', join(folder, 'run')], {
      stdio: 'ignore',
    })
    if (status !== 0) throw new Error(`./bench ${words.join(' ')} ended with ${status}`)
    return (performance.now() - startedAt) / 1000
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
