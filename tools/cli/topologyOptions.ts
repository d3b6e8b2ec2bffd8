import { BenchError } from '../../protocol/errors.ts'
import { exampleAddressing } from '../../topologies/addressing.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan } from '../../topologies/planner.ts'
import { readTopology } from '../topologyFile.ts'
import { parseOptions, wholeNumber } from './command.ts'
import { checkMisbehaviours } from './mutants.ts'

/** Options of every command that takes a topology file. */
export const topologyOptions = {
  set: { type: 'string', multiple: true },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const

export const topologyUsage = 'FILE [--set NAME=VALUE]... [--seed N]'

export const topologyHelp = [
  '  --set NAME=VALUE   give a parameter of the topology another value (may be given several times)',
  '  --seed N           names and keys follow from it (default 1)',
].join('\n')

/** The plan of the file on the command line. */
export function planFromWords(
  command: string,
  usage: string,
  args: readonly string[],
): { plan: Plan; file: string; json: boolean } {
  const { values, positionals } = parseOptions(command, usage, args, topologyOptions, {
    min: 1,
    max: 1,
  })
  const [file = ''] = positionals
  const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
  const parameters = Object.fromEntries((values.set ?? []).map(parseSetting))
  const plan = makePlan(readTopology(file), { seed, parameters, addressing: exampleAddressing })
  checkMisbehaviours(plan, file)
  return { plan, file, json: values.json ?? false }
}

/** `name=value`; numbers and truth values are taken as such, everything else as text. */
export function parseSetting(text: string): [string, number | string | boolean] {
  const at = text.indexOf('=')
  if (at < 1)
    throw new BenchError('USAGE', `--set ${text} is not of the form NAME=VALUE`, {
      remedy: 'e.g. --set transit=4',
    })
  const value = text.slice(at + 1)
  const plain = value === 'true' ? true : value === 'false' ? false : undefined
  return [text.slice(0, at), plain ?? (/^-?\d{1,15}$/.test(value) ? Number(value) : value)]
}
