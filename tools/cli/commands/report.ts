import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { toText } from '../../../reports/text.ts'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { loadRecordIn, reportLoad } from '../load/loadReport.ts'
import { readRecord } from '../record/readRecord.ts'
import { reportsInto } from '../run/finish.ts'
import { shownPath } from '../run/outFolder.ts'

const usage = 'DIR [--text]'

export const report: Command = {
  usage,
  help: '  --text   print the summary instead of writing the page and the JUnit file',
  async run(args, terminal) {
    const options = { text: { type: 'boolean' } } as const
    const { values, positionals } = parseOptions('report', usage, args, options, { min: 1, max: 1 })
    const [path = ''] = positionals
    const load = loadRecordIn(path)
    if (load !== undefined) return reportLoad(load, terminal, { text: values.text ?? false })
    const record = await readRecord(path)
    if (values.text) {
      terminal.out(toText(record).trimEnd())
      return exitCode.passed
    }
    const folder = statSync(path).isDirectory() ? path : dirname(path)
    const written = await reportsInto(record, folder)
    terminal.out(`report: ${shownPath(written.page)}`)
    terminal.out(`JUnit:  ${shownPath(written.junit)}`)
    return exitCode.passed
  },
}
