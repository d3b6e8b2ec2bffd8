import { expect } from 'chai'
import { describe, it } from 'mocha'
import { checkReferences } from '../../tools/checks/references.ts'
import { checkTidiness } from '../../tools/checks/tidy.ts'
import { checkUnused } from '../../tools/checks/unused.ts'

function tidiness(path: string, text: string): readonly string[] {
  return checkTidiness([{ path, text }]).map(({ line, message }) => `${line}: ${message}`)
}

function references(text: string): readonly string[] {
  return checkReferences([{ path: 'docs/x.md', text }]).map(({ message }) => message)
}

// Put together here, so that the check does not find this file.
const later = 'TO' + 'DO'
const ignore = '@ts-' + 'ignore'
const machine = ['', 'root', 'secret.txt'].join('/')

describe('checkTidiness', () => {
  const planted: readonly (readonly [path: string, text: string, says: RegExp])[] = [
    ['protocol/a.ts', 'x\n'.repeat(401), /^401: 401 lines/],
    ['protocol/a.ts', `const x = 1 // ${'y'.repeat(140)}`, /^1: 155 columns/],
    ['protocol/a.ts', `a\n// ${later} later`, /^2: a note to come back/],
    ['docs/a.md', `${later}: more`, /a note to come back/],
    ['protocol/a.ts', `// ${ignore}`, /type check is switched off/],
    ['protocol/a.ts', `const path = '${machine}'`, /a path of one machine/],
    ['bench', `cat ${machine}`, /a path of one machine/],
    ['protocol/a.ts', 'const x = y as any', /`as any`/],
    ['test/a.test.ts', 'it.only("x", go)', /`it\.only`/],
    ['test/a.test.ts', 'describe.skip("x", go)', /`describe\.skip`/],
    ['suites/a.spec.ts', 'describe.only("x", go)', /`describe\.only`/],
    ['nodes/a.ts', 'await new Promise((resolve) => setTimeout(resolve, 5))', /a fixed sleep/],
    ['nodes/a.ts', `import { setTimeout } from 'node:timers/promises'`, /a fixed sleep/],
    ['suites/a.spec.ts', 'setTimeout(() => stop(), 5)', /a timer in a purpose/],
  ]
  for (const [path, text, says] of planted) {
    it(`finds ${JSON.stringify(text.slice(0, 50))} in ${path}`, () => {
      const found = tidiness(path, text)
      expect(found).to.have.length(1)
      expect(found[0]).to.match(says)
    })
  }

  it('lets long texts, bounds and look-alikes stand', () => {
    const text = [
      'x\n'.repeat(390),
      `const text = '${'long '.repeat(60)}'\n`,
      'const timer = setTimeout(() => reject(late), boundMs)\n',
      `const said = 'it.only and as any'; this.skip(); row.it.only()\n`,
      '// see https://example.org/root/x\n',
    ].join('')
    expect(tidiness('tools/a.ts', text)).to.deep.equal([])
  })
})

describe('checkReferences', () => {
  it('finds references written otherwise, or to what does not exist', () => {
    for (const [text, count] of [
      ['TS-' + '0003 §' + ' 8.2', 2],
      ['TS' + '-003 8.2', 1],
      ['TS' + '0003 8.2', 1],
      ['RF' + 'C5246', 1],
      ['RF' + 'C-5246', 1],
      ['rf' + 'c 5246', 1],
      ['TS-' + '0003 clause 8.2', 1],
      ['TS-' + '0099 8.2', 1],
      ['see §' + '8.2', 1],
    ] as const) {
      expect(references(text).length, text).to.be.within(1, count)
    }
  })

  it('accepts them as written here', () => {
    const text =
      'TS-0003 8.2.2.1, TS-0004 table 7.3.3.15-1, RFC 5246 7.4.1.3, TS-0001, RFC 4279. `TS-0013 8.4 TD_M2M_SE_01`'
    expect(references(text)).to.deep.equal([])
  })
})

describe('checkUnused', () => {
  const files = [
    { path: 'tools/cli/main.ts', text: `import './a.ts'\nconst b = () => import('./b.ts')` },
    { path: 'tools/cli/a.ts', text: `import type { C } from '../../protocol/c.ts'` },
    { path: 'tools/cli/b.ts', text: '' },
    { path: 'protocol/c.ts', text: '' },
    { path: 'protocol/dead.ts', text: `import './deadToo.ts'` },
    { path: 'protocol/deadToo.ts', text: '' },
    { path: 'test/protocol/dead.test.ts', text: `import '../../protocol/dead.ts'` },
  ]

  it('finds files that nothing started leads to, tests aside', () => {
    expect(checkUnused(files).map(({ file }) => file)).to.deep.equal([
      'protocol/dead.ts',
      'protocol/deadToo.ts',
    ])
  })
})
