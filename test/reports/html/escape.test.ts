import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { anchorOf, escapeHtml, relativeLink, revealHidden } from '../../../reports/html/escape.ts'
import { html } from '../../../reports/html/markup.ts'

describe('escaping', () => {
  it('leaves nothing that ends a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"'`\u0000]/.test(escapeHtml(text))),
      { seed: 1, numRuns: 500 },
    )
  })

  it('shows what would hide or reorder', () => {
    expect(revealHidden('a\u202Eb\u0000c\u200Bd\u2066')).to.equal(
      'a\\u202eb\\u0000c\\u200bd\\u2066',
    )
    expect(revealHidden('\ud800')).to.equal('\ufffd')
    expect(revealHidden('שלום 21.4 °C\n\t')).to.equal('שלום 21.4 °C\n\t')
  })

  it('happens in every hole of the template, but not twice', () => {
    const inner = html`<b>${'<'}</b>`
    expect(html`<i title="${'"'}">${inner}${[inner]}${undefined}${false}${3}</i>`.text).to.equal(
      '<i title="&quot;"><b>&lt;</b><b>&lt;</b>3</i>',
    )
  })

  it('gives different names different anchors', () => {
    const names = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom('a', '/', '.', '_', '2', 'f', ' ') }),
      {
        minLength: 2,
        maxLength: 2,
      },
    )
    fc.assert(
      fc.property(names, ([one = '', other = '']) => anchorOf('p', one) !== anchorOf('p', other)),
      { seed: 2, numRuns: 1000 },
    )
    expect(anchorOf('p', 'BTP/HOP/PATH/001')).to.equal('p-BTP.HOP.PATH.001')
  })

  it('links only to files inside the folder', () => {
    expect(relativeLink('purposes/a b/x#1.pcapng')).to.equal('purposes/a%20b/x%231.pcapng')
    expect(relativeLink('javascript:alert(1)')).to.equal('javascript%3Aalert(1)')
    for (const path of [
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a//b',
      './a',
      'a\\b',
      'a/\u0000',
    ]) {
      expect(relativeLink(path), path).to.equal(undefined)
    }
  })
})
