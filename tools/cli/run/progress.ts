import type { PurposeResult } from '../../../suites/framework/execute.ts'
import type { Terminal } from '../command.ts'

const marks = {
  pass: 'ok    ',
  fail: 'FAIL  ',
  inconc: 'INCONC',
  error: 'ERROR ',
  none: '-     ',
} as const

/** One line per purpose as it ends; on a terminal also what is running now. */
export function makeProgress(terminal: Terminal, total: number) {
  let done = 0
  return {
    started(id: string, title: string) {
      terminal.status(`[${done + 1}/${total}] ${id} — ${title}`)
    },
    ended(result: PurposeResult) {
      done++
      const { purpose, verdict, grade, durationMs } = result
      const conceptual = verdict === 'pass' && grade === 'conceptual' ? ' (conceptual)' : ''
      const seconds = `${(durationMs / 1000).toFixed(2)} s`
      terminal.out(`${marks[verdict]} ${purpose.id} — ${purpose.title}${conceptual} (${seconds})`)
      if (verdict !== 'pass')
        for (const line of result.reason.split('\n').slice(0, 30)) terminal.out(`         ${line}`)
      else if (grade === 'conceptual') terminal.out(`         ${result.reason.split('\n')[0]}`)
    },
  }
}
