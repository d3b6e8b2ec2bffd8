import { expect } from 'chai'
import { describe, it } from 'mocha'
import { checkImports } from '../../tools/checks/imports.ts'
import { importsOf } from '../../tools/checks/importsOf.ts'
import { tokensOf } from '../../tools/checks/tokens.ts'

function messages(path: string, text: string): readonly string[] {
  return checkImports([{ path, text }]).map(({ line, message }) => `${line}: ${message}`)
}

const quoted = (specifier: string) => `'${specifier}'`

/** One planted violation per row of the table, and per way to write it. */
const refused: readonly (readonly [path: string, text: string, says: RegExp])[] = [
  ['protocol/a.ts', `import { x } from '../nodes/x.ts'`, /^1: imports nodes\/x\.ts/],
  ['protocol/a.ts', `\nimport type { X } from '../topologies/plan.ts'`, /^2: imports topologies/],
  ['protocol/a.ts', `import fs from 'node:fs'`, /node:fs/],
  ['protocol/a.ts', `import fs from 'fs'`, /imports fs/],
  ['protocol/a.ts', `import { createHash } from 'node:crypto'`, /node:crypto/],
  ['protocol/crypto.ts', `import { connect } from 'node:net'`, /node:net/],
  ['protocol/a.ts', `const x = await import('../reports/x.ts')`, /reports\/x/],
  ['protocol/a.ts', `const x = await import(name)`, /not written here/],
  ['protocol/a.ts', `export { x } from '../suites/x.ts'`, /suites\/x/],
  ['protocol/a.ts', `export * from '../tools/x.ts'`, /tools\/x/],
  ['protocol/a.ts', `import '../tools/x.ts'`, /tools\/x/],
  ['protocol/a.ts', `import ajv from 'ajv'`, /the package ajv/],
  ['protocol/a.ts', `const x = require('node:net')`, /node:net/],
  ['protocol/a.ts', 'const now = Date.now()', /Date\.now.*a clock/],
  ['protocol/a.ts', 'const now = new Date()', /a clock/],
  ['protocol/a.ts', 'const x = Math.random()', /chance/],
  ['protocol/a.ts', 'const x = process.env', /the process/],
  ['protocol/a.ts', 'setTimeout(go, 5)', /a timer/],
  ['nodes/a.ts', `import type { Plan } from '../topologies/plan.ts'`, /topologies\/plan/],
  ['nodes/cse/a.ts', `import { x } from '../../suites/framework/x.ts'`, /suites\/framework/],
  ['topologies/a.ts', `import { x } from '../nodes/x.ts'`, /nodes\/x/],
  ['topologies/a.ts', `import { createServer } from 'node:net'`, /node:net/],
  ['topologies/a.ts', `import x from 'koffi'`, /the package koffi/],
  ['tools/capture/a.ts', `import { x } from '../../nodes/x.ts'`, /nodes\/x/],
  ['tools/dissect/a.ts', `import { x } from '../../suites/framework/x.ts'`, /suites/],
  ['tools/dissect/a.ts', `import { x } from '../fabric/fabric.ts'`, /tools\/fabric/],
  ['tools/runtimes/a.ts', `import { x } from '../../reports/x.ts'`, /reports\/x/],
  ['tools/runtimes/a.ts', `import { x } from '../../suites/framework/x.ts'`, /suites/],
  ['tools/testSystem/a.ts', `import { x } from '../../reports/x.ts'`, /reports\/x/],
  ['suites/hop/a.spec.ts', `import { x } from '../../nodes/x.ts'`, /nodes\/x/],
  ['suites/hop/a.spec.ts', `import { x } from '../../tools/testSystem/x.ts'`, /tools\/testSystem/],
  ['suites/hop/a.spec.ts', `import { readFileSync } from 'node:fs'`, /node:fs/],
  ['suites/hop/a.spec.ts', 'const now = performance.now()', /a clock/],
  ['suites/properties/a.ts', `import { x } from '../framework/evidence.ts'`, /evidence/],
  ['suites/properties/a.ts', `import type { X } from '../framework/execute.ts'`, /execute/],
  ['suites/framework/a.ts', `import { x } from '../../nodes/x.ts'`, /nodes\/x/],
  ['reports/a.ts', `import type { Trace } from '../tools/dissect/trace.ts'`, /tools\/dissect/],
  ['other/a.ts', 'export const a = 1', /no folder of the architecture/],
]

const allowed: readonly (readonly [path: string, text: string])[] = [
  ['protocol/http/a.ts', `import { x } from '../x.ts'`],
  ['protocol/crypto.ts', `import { createHmac } from 'node:crypto'`],
  ['protocol/a.ts', 'const date = new Date(atMs)'],
  ['protocol/a.ts', 'const { process: step } = row; row.process(); row.setTimeout(1)'],
  ['nodes/a.ts', `import { connect } from 'node:net'`],
  ['topologies/a.ts', `import { parse } from 'yaml'`],
  ['tools/dissect/a.ts', `import { x } from '../capture/recorder.ts'`],
  ['tools/cli/a.ts', `const x = await import(name)`],
  ['suites/hop/a.spec.ts', `import { expect } from 'chai'`],
  ['suites/properties/a.ts', `import type { Evidence } from '../framework/evidence.ts'`],
  ['protocol/a.ts', `// import { x } from '../nodes/x.ts'`],
  ['protocol/a.ts', `const text = "import { x } from '../nodes/x.ts'"`],
  ['protocol/a.ts', 'const text = `import { x } from "../nodes/x.ts"`'],
]

describe('checkImports', () => {
  for (const [path, text, says] of refused) {
    it(`finds ${JSON.stringify(text)} in ${path}`, () => {
      const found = messages(path, text)
      expect(found).to.have.length(1)
      expect(found[0]).to.match(says)
    })
  }

  for (const [path, text] of allowed) {
    it(`lets ${JSON.stringify(text)} stand in ${path}`, () => {
      expect(messages(path, text)).to.deep.equal([])
    })
  }

  it('tells every way to import, with the target from the top of the project', () => {
    const text = [
      `import a, { b as c } from ${quoted('./a.ts')}`,
      `import type { D } from ${quoted('../d.ts')}`,
      `export type { E } from ${quoted('./e.ts')}`,
      `let f: typeof import(${quoted('./f.ts')})`,
      'export const from = 1',
      'const later = { import: 1, from: "x" }',
    ].join('\n')
    const found = importsOf({ path: 'tools/x/y.ts', text })
    expect(found.map(({ target, isTypeOnly }) => [target, isTypeOnly])).to.deep.equal([
      ['tools/x/a.ts', false],
      ['tools/d.ts', true],
      ['tools/x/e.ts', true],
      ['tools/x/f.ts', true],
    ])
  })
})

describe('tokensOf', () => {
  it('keeps strings, templates, regular expressions and comments apart', () => {
    const template = ['`h $', '{i({ j: `k` })} l`'].join('')
    const text = `a = b / c; /x'[/]y/g.test('d\\'e') // f\n/* 'g' */ ${template}`
    expect(tokensOf(text).map(({ kind, text: piece }) => `${kind} ${piece}`)).to.deep.equal([
      'word a',
      'punctuation =',
      'word b',
      'punctuation /',
      'word c',
      'punctuation ;',
      "regex /x'[/]y/g",
      'punctuation .',
      'word test',
      'punctuation (',
      "string d\\'e",
      'punctuation )',
      `template ${template}`,
    ])
  })

  it('ends on text that ends too early', () => {
    for (const text of ["'abc", '`abc $\x7b', '/* abc', '/abc', '`$\x7b`$\x7b', '#!x']) {
      expect(tokensOf(text).length).to.be.at.most(2)
    }
  })
})
