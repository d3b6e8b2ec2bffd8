import { diffRecords, diffText } from '../../../reports/diff.ts'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { readRecord } from '../record/readRecord.ts'

const usage = 'A B [--json]'

export const diff: Command = {
  usage,
  help: '  A and B are folders of runs or their run.json; exit 1 when something regressed from A to B',
  async run(args, terminal) {
    const options = { json: { type: 'boolean' } } as const
    const { values, positionals } = parseOptions('diff', usage, args, options, { min: 2, max: 2 })
    const [a = '', b = ''] = positionals
    const difference = diffRecords(await readRecord(a), await readRecord(b))
    terminal.out(values.json ? JSON.stringify(difference, null, 2) : diffText(difference).trimEnd())
    return difference.regressed.length > 0 ? exitCode.failed : exitCode.passed
  },
}
