import { cpus, totalmem } from 'node:os'
import { BenchError } from '../../../protocol/errors.ts'
import type { Figure } from '../../perf/figure.ts'
import { figureGroups } from '../../perf/figures.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import { describeError } from '../failure.ts'

const usage = '[NAME]... [--json]'

export const perf: Command = {
  usage,
  help: `  NAME     only these groups: ${Object.keys(figureGroups).join(', ')}\n  --json   print the figures as JSON`,
  async run(args, terminal) {
    const options = { json: { type: 'boolean' } } as const
    const { values, positionals } = parseOptions('perf', usage, args, options, { min: 0, max: 100 })
    const names = positionals.length > 0 ? positionals : Object.keys(figureGroups)
    for (const name of names)
      if (!Object.hasOwn(figureGroups, name))
        throw new BenchError('USAGE', `perf has no group ${name}`, {
          remedy: `one of: ${Object.keys(figureGroups).join(', ')}`,
        })
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
    if (!values.json) terminal.out(machine)
    const all: Record<string, unknown>[] = []
    for (const name of names) {
      terminal.signal.throwIfAborted()
      terminal.status(`measuring ${name}`)
      const group = await measure(name, positionals.length > 0, terminal)
      for (const figure of group) {
        all.push({ group: name, ...figure })
        if (!values.json)
          terminal.out(
            `${name.padEnd(12)} ${figure.name.padEnd(60)} ${format(figure.value)} ${figure.unit}${boundText(figure)}`,
          )
      }
    }
    if (values.json) terminal.out(JSON.stringify({ machine, figures: all }, null, 2))
    return exitCode.passed
  },
}

/** What this machine cannot measure is said and left out, unless it was asked for by name. */
async function measure(name: string, isNamed: boolean, terminal: Terminal): Promise<Figure[]> {
  try {
    return (await figureGroups[name]?.()) ?? []
  } catch (error) {
    const isIncapable = error instanceof BenchError && error.code === 'CAPABILITY_MISSING'
    if (isNamed || !isIncapable) throw error
    for (const line of describeError(error)) terminal.note(line)
    return []
  }
}

function boundText(figure: { value: number; atMost?: number; atLeast?: number }): string {
  if (figure.atMost !== undefined)
    return figure.value <= figure.atMost
      ? `  (bar: ≤ ${figure.atMost})`
      : `  MISSES the bar of ≤ ${figure.atMost}`
  if (figure.atLeast !== undefined)
    return figure.value >= figure.atLeast
      ? `  (bar: ≥ ${figure.atLeast})`
      : `  MISSES the bar of ≥ ${figure.atLeast}`
  return ''
}

function format(value: number): string {
  return (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)).padStart(10)
}
