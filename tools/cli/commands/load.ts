import type { LoadRecord } from '../../../reports/load/loadRecord.ts'
import { toLoadText } from '../../../reports/load/text.ts'
import { type LoadVerdict, loadVerdict } from '../../../reports/load/words.ts'
import { driveLoad } from '../../load/driveLoad.ts'
import type { LoadFile } from '../../load/loadFile.ts'
import { readLoadFile } from '../../load/readLoadFile.ts'
import { benchVersion } from '../benchVersion.ts'
import { type Command, exitCode, parseOptions, type Terminal, wholeNumber } from '../command.ts'
import { loadReportInto } from '../load/loadReport.ts'
import { makeOutFolder, shownPath } from '../run/outFolder.ts'
import { openRuntime, runtimeHelp, runtimeOption, runtimeUsage } from '../run/runtimes.ts'

const usage = `FILE ${runtimeUsage} [--rate N] [--duration S] [--seed N] [--out DIR] [--json]`

export const load: Command = {
  usage,
  help: [
    '  FILE           a load file (docs/load.md), e.g. topologies/load/ten.yaml',
    runtimeHelp,
    '  --rate N       requests per second of all devices together, instead of what the file says',
    '  --duration S   seconds that are measured, instead of what the file says',
    '  --seed N       names, keys and due times follow from it',
    '  --out DIR      where the record, the report and the recording go (default runs/<time>-seed<N>)',
    '  --json         print the record instead of the summary',
    '',
    'Ends with 0 when all that was offered was answered with success and in time, else with 1.',
    'Ctrl-C ends the load early; what was measured until then is reported.',
  ].join('\n'),
  async run(args, terminal) {
    const options = {
      ...runtimeOption,
      rate: { type: 'string' },
      duration: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    } as const
    const { values, positionals } = parseOptions('load', usage, args, options, { min: 1, max: 1 })
    const [file = ''] = positionals
    const { load: written, topology } = readLoadFile(file)
    const runtime = await openRuntime(values.runtime)
    const changed = { ...written, ...changesFrom(values) }
    const folder = makeOutFolder(values.out, new Date(), changed.seed)
    const record = await driveLoad({
      runtime,
      load: changed,
      topology,
      folder,
      bench: benchVersion(),
      signal: terminal.signal,
      onProgress: (line) => terminal.status(line),
      onBegun: (line) => terminal.note(`bench: ${line}; Ctrl-C ends it and reports`),
    })
    const reported = await loadReportInto(record, folder)
    if (values.json) terminal.out(JSON.stringify(record))
    else tellResult(record, { page: reported.page, record: reported.record, folder }, terminal)
    return exitCodes[loadVerdict(record)]
  },
}

const exitCodes: Readonly<Record<LoadVerdict, number>> = {
  kept: exitCode.passed,
  short: exitCode.failed,
  nothing: exitCode.nothingExecuted,
  interrupted: exitCode.interrupted,
}

/** What the command line says otherwise than the file. */
function changesFrom(values: {
  readonly rate?: string | undefined
  readonly duration?: string | undefined
  readonly seed?: string | undefined
}): Partial<LoadFile> {
  const { rate, duration, seed } = values
  return {
    ...(rate === undefined
      ? {}
      : { rate: { perS: wholeNumber('rate', rate, { min: 1, max: 1_000_000 }), of: 'all' } }),
    ...(duration === undefined
      ? {}
      : { durationS: wholeNumber('duration', duration, { min: 1, max: 3600 }) }),
    ...(seed === undefined
      ? {}
      : { seed: wholeNumber('seed', seed, { min: 0, max: 2 ** 32 - 1 }) }),
  }
}

function tellResult(
  record: LoadRecord,
  written: { readonly page: string; readonly record: string; readonly folder: string },
  terminal: Terminal,
): void {
  terminal.out(toLoadText(record).trimEnd())
  terminal.out(`report: ${shownPath(written.page)}`)
  terminal.out(
    `record: ${shownPath(written.record)}   recording: ${shownPath(written.folder)}/${record.recording.path}`,
  )
}
