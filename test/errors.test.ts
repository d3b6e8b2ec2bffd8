import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError, errorCodes } from '../protocol/errors.ts'
import { checkErrorsPage, errorsPage } from '../tools/checks/errors.ts'

const page = readFileSync(join(import.meta.dirname, '..', errorsPage), 'utf8')

describe('error codes', () => {
  it('are all explained in the docs, and no others', () => {
    expect(checkErrorsPage(page)).to.deep.equal([])
  })

  it('are missed when a row is missing, made up, doubled, wrong or empty', () => {
    const row = /^\| `USAGE`.*$/m.exec(page)?.[0] ?? ''
    const changed: readonly (readonly [string, RegExp])[] = [
      [page.replace(`${row}\n`, ''), /USAGE is not explained/],
      [page.replace(row, `${row}\n| \`NO_SUCH\` | caller | a | b |`), /NO_SUCH is no code/],
      [page.replace(row, `${row}\n${row}`), /USAGE is explained twice/],
      [page.replace('`USAGE` | caller', '`USAGE` | peer'), /USAGE is the fault of caller/],
      [page.replace(row, '| `USAGE` | caller |  | b |'), /USAGE has an empty column/],
    ]
    for (const [text, says] of changed) {
      const messages = checkErrorsPage(text).map(({ message }) => message)
      expect(messages.join('\n')).to.match(says)
      expect(messages).to.have.length(1)
    }
  })

  it('say whose fault an error is', () => {
    const error = new BenchError('ADDRESS_IN_USE', 'taken', { remedy: 'end it' })
    expect([error.fault, error.remedy]).to.deep.equal([errorCodes.ADDRESS_IN_USE, 'end it'])
  })
})
