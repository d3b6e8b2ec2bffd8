import { type CapabilityState, inspectMachine } from '../capabilities.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import {
  type EngineState,
  enginePackages,
  enginePurpose,
  fixEngine,
  inspectEngine,
} from '../containerEngine.ts'
import { installPackages } from '../installPackages.ts'

const usage = '[--fix] [--json]'

export const doctor: Command = {
  usage,
  help: [
    '  --fix    install what is missing with apt-get (needs root or passwordless sudo), and start Docker',
    '  --json   print the findings as JSON',
  ].join('\n'),
  async run(args, terminal) {
    const { values } = parseOptions('doctor', usage, args, optionTable, { min: 0, max: 0 })
    if (values.fix) {
      installMissing(inspectMachine(), terminal)
      await fixEngine(terminal)
    }
    const states = inspectMachine()
    const engine = await inspectEngine()
    if (values.json)
      terminal.out(JSON.stringify([...states.map(asRow), engineRow(engine)], null, 2))
    else printStates(states, engine, terminal)
    const isComplete = missing(states).length === 0 && engine.engine !== undefined
    return isComplete ? exitCode.passed : exitCode.incapable
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

function engineRow({ engine, problem }: EngineState): Record<string, unknown> {
  return {
    name: 'engine',
    present: engine !== undefined,
    version: engine?.describe() ?? null,
    purpose: enginePurpose,
    debianPackage: enginePackages[0],
    ...(problem === undefined ? {} : { problem: problem.message, remedy: problem.remedy }),
  }
}

function printStates(
  states: readonly CapabilityState[],
  { engine, problem }: EngineState,
  terminal: Terminal,
): void {
  terminal.out(
    `ok       Node ${process.versions.node} with OpenSSL ${process.versions.openssl} (pinned, from node_modules)`,
  )
  for (const { capability, version } of states) {
    const state = version === undefined ? 'missing' : 'ok     '
    terminal.out(
      `${state}  ${capability.name.padEnd(9)} ${version ?? `needed for: ${capability.purpose}`}`,
    )
  }
  terminal.out(
    engine === undefined
      ? `missing  engine    needed for: ${enginePurpose}; ${problem?.message ?? 'none found'}`
      : `ok       engine    ${engine.describe()}`,
  )
  const lacking = missing(states).map((state) => state.capability.debianPackage)
  if (lacking.length === 0 && engine !== undefined)
    terminal.out('nothing is missing: ./bench demo, ./bench run and ./bench test can run here')
  else {
    const does = [
      ...(lacking.length > 0 ? [`installs ${lacking.join(' ')}`] : []),
      ...(engine === undefined ? ['starts Docker, installing it where it is missing'] : []),
    ]
    terminal.out(
      `./bench demo and ./bench run need none of this; for ./bench test: ./bench doctor --fix (${does.join('; ')})`,
    )
    if (problem?.remedy !== undefined) terminal.out(`for the engine: ${problem.remedy}`)
  }
}

/** Installs the Debian packages of what is missing. @throws BenchError CAPABILITY_MISSING with the command to type */
export function installMissing(states: readonly CapabilityState[], terminal: Terminal): void {
  const packages = missing(states).map((state) => state.capability.debianPackage)
  installPackages(packages, terminal)
}
