import { errorCodes } from '../../protocol/errors.ts'
import { type Finding, lineAt } from './finding.ts'

export const errorsPage = 'docs/errors.md'

/** The table of docs/errors.md lists every code of protocol/errors.ts with whose fault it is, and no other. */
export function checkErrorsPage(
  page: string,
  codes: Readonly<Record<string, string>> = errorCodes,
): readonly Finding[] {
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.*) \|$/gm)].map((match) => ({
    code: match[1] ?? '',
    fault: match[2],
    text: match[3] ?? '',
    line: lineAt(page, match.index),
  }))
  const listed = rows.map(({ code }) => code)
  const missing = Object.keys(codes).filter((code) => !listed.includes(code))
  return [
    ...missing.map((code) => finding(1, `${code} is not explained`, 'add a row for it')),
    ...rows.flatMap(({ code, fault, text, line }, index) => {
      if (!Object.hasOwn(codes, code))
        return [finding(line, `${code} is no code of protocol/errors.ts`, 'remove the row')]
      if (listed.indexOf(code) !== index)
        return [finding(line, `${code} is explained twice`, 'remove one row')]
      if (codes[code] !== fault)
        return [finding(line, `${code} is the fault of ${codes[code]}`, `write ${codes[code]}`)]
      if (text.split(' | ').some((cell) => cell.trim() === ''))
        return [
          finding(line, `${code} has an empty column`, 'say when it is raised and what to do'),
        ]
      return []
    }),
  ]
}

function finding(line: number, message: string, remedy: string): Finding {
  return { file: errorsPage, line, message, remedy }
}
