import { execFileSync, spawnSync } from 'node:child_process'
import { BenchError } from '../../../protocol/errors.ts'
import { type CapabilityState, inspectMachine } from '../capabilities.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'

const usage = '[--fix] [--json]'

export const doctor: Command = {
  summary: 'what this machine can run and what is missing; --fix installs it (Debian)',
  usage,
  help: [
    '  --fix    install what is missing with apt-get (needs root or passwordless sudo)',
    '  --json   print the findings as JSON',
  ].join('\n'),
  async run(args, terminal) {
    const { values } = parseOptions('doctor', usage, args, optionTable, { min: 0, max: 0 })
    if (values.fix) installMissing(inspectMachine(), terminal)
    const states = inspectMachine()
    if (values.json) terminal.out(JSON.stringify(states.map(asRow), null, 2))
    else printStates(states, terminal)
    return missing(states).length === 0 ? exitCode.passed : exitCode.incapable
  },
}

const optionTable = { fix: { type: 'boolean' }, json: { type: 'boolean' } } as const

function missing(states: readonly CapabilityState[]): CapabilityState[] {
  return states.filter((state) => state.version === undefined)
}

function asRow(state: CapabilityState): Record<string, unknown> {
  const { name, purpose, debianPackage } = state.capability
  return {
    name,
    present: state.version !== undefined,
    version: state.version ?? null,
    purpose,
    debianPackage,
  }
}

function printStates(states: readonly CapabilityState[], terminal: Terminal): void {
  terminal.out(
    `ok       Node ${process.versions.node} with OpenSSL ${process.versions.openssl} (pinned, from node_modules)`,
  )
  for (const { capability, version } of states) {
    const state = version === undefined ? 'missing' : 'ok     '
    terminal.out(
      `${state}  ${capability.name.padEnd(9)} ${version ?? `needed for: ${capability.purpose}`}`,
    )
  }
  const lacking = missing(states)
  if (lacking.length === 0)
    terminal.out('nothing is missing: ./bench demo, ./bench run and ./bench test can run here')
  else {
    const packages = lacking.map((state) => state.capability.debianPackage).join(' ')
    terminal.out(
      `./bench demo and ./bench run need none of this; for ./bench test: ./bench doctor --fix (installs ${packages})`,
    )
  }
}

/**
 * Installs the Debian packages of what is missing. Throws CAPABILITY_MISSING with the command to type where it cannot.
 */
export function installMissing(states: readonly CapabilityState[], terminal: Terminal): void {
  const packages = missing(states).map((state) => state.capability.debianPackage)
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
