import { BenchError } from '../../../protocol/errors.ts'
import { exampleAddressing } from '../../../topologies/addressing.ts'
import { toMermaid, toSvg } from '../../../topologies/graph.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { readTopology } from '../../topologyFile.ts'
import { type Command, exitCode, parseOptions, wholeNumber } from '../command.ts'
import { writeAtomically } from '../record/files.ts'
import { parseSetting, topologyHelp, topologyOptions, topologyUsage } from '../topologyOptions.ts'

const usage = `${topologyUsage} [--format svg|mermaid] [--out FILE]`

export const graph: Command = {
  usage,
  help: `${topologyHelp}\n  --format NAME      svg (default) or mermaid\n  --out FILE         write to a file instead of standard output`,
  async run(args, terminal) {
    const options = {
      ...topologyOptions,
      format: { type: 'string' },
      out: { type: 'string' },
    } as const
    const { values, positionals } = parseOptions('graph', usage, args, options, { min: 1, max: 1 })
    const draw = renderers.get(values.format ?? 'svg')
    if (draw === undefined)
      throw new BenchError('USAGE', `--format ${values.format} is not a format`, {
        remedy: 'one of: svg, mermaid',
      })
    const [file = ''] = positionals
    const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
    const parameters = Object.fromEntries((values.set ?? []).map(parseSetting))
    const picture = draw(
      makePlan(readTopology(file), { seed, parameters, addressing: exampleAddressing }),
    )
    if (values.out === undefined) terminal.out(picture.trimEnd())
    else await writePicture(values.out, picture)
    return exitCode.passed
  },
}

async function writePicture(path: string, picture: string): Promise<void> {
  try {
    await writeAtomically(path, picture)
  } catch (cause) {
    if (cause instanceof BenchError) throw cause
    const because = cause instanceof Error ? cause.message : String(cause)
    throw new BenchError('USAGE', `--out ${path}: cannot be written (${because})`, {
      remedy: 'name a file that can be written, or leave --out away to print the picture',
      cause,
    })
  }
}

const renderers = new Map([
  ['svg', toSvg],
  ['mermaid', toMermaid],
])
