import { execFileSync, spawnSync } from 'node:child_process'
import { BenchError } from '../../protocol/errors.ts'
import type { Terminal } from './command.ts'

/** Installs Debian packages with apt-get. @throws BenchError CAPABILITY_MISSING with the command to type where it cannot */
export function installPackages(packages: readonly string[], terminal: Terminal): void {
  if (packages.length === 0) return
  const byHand = `as root: apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}`
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new BenchError(
      'CAPABILITY_MISSING',
      `missing: ${packages.join(', ')}; this machine has no apt-get`,
      {
        remedy: `install the equivalents of the Debian packages ${packages.join(' ')} with the machine's own package manager`,
      },
    )
  const privilege = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  for (const words of [
    ['apt-get', 'update', '-q'],
    ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const [program = '', ...rest] = [...privilege, ...words]
    terminal.note(`bench: ${[program, ...rest].join(' ')}`)
    try {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: environment })
    } catch (error) {
      throw new BenchError('CAPABILITY_MISSING', `could not install ${packages.join(', ')}`, {
        remedy: byHand,
        cause: error,
      })
    }
  }
}
