import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { writeLoadReport } from '../../../reports/load/build.ts'
import type { LoadRecord } from '../../../reports/load/loadRecord.ts'
import { launchChromium } from '../chromium.ts'
import { hostileTexts } from '../hostile.ts'
import { emptyLoad, keptLoad, shortLoad } from './fixtures.ts'

const records = { keptLoad, shortLoad, emptyLoad } as const
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } } as const

describe('the load page in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-page-'))
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function visit(
    record: LoadRecord,
    viewport: { width: number; height: number },
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const place = await mkdtemp(join(folder, 'run-'))
    const { page: file } = await writeLoadReport(record, place)
    const context = await browser.newContext({ viewport })
    try {
      const page = await context.newPage()
      const complaints: string[] = []
      const requests: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      context.on('request', (request) => requests.push(request.url()))
      await page.goto(pathToFileURL(file).href)
      await look(page)
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).to.equal(0)
      expect(complaints).to.deep.equal([])
      expect(requests).to.deep.equal([pathToFileURL(file).href])
    } finally {
      await context.close()
    }
  }

  for (const [name, make] of Object.entries(records)) {
    for (const [size, viewport] of Object.entries(sizes)) {
      it(`shows ${name} ${size}: nothing fetched, nothing wrong, nothing cut off`, async () => {
        await visit(make(), viewport, async (page) => {
          await page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true })",
          )
          expect(await page.locator('figure.plot svg[role=img]').count()).to.equal(4)
        })
      })
    }
  }

  it('draws what the record says', async () => {
    await visit(keptLoad(), sizes.wide, async (page) => {
      expect(await page.locator('h1').textContent()).to.include('499/s answered')
      const lines = page.locator('figure.plot').first().locator('.scroll path.series')
      expect(await lines.count()).to.equal(2)
      // One unbroken line through one point per moment of the time line.
      const path = await lines.first().getAttribute('d')
      expect([path?.match(/M/g)?.length, path?.match(/L/g)?.length]).to.deep.equal([1, 13])
      expect(await page.locator('rect.bar').count()).to.equal(3)
      expect(await page.locator('rect.shaded').count()).to.be.above(3)
      const legend = await page.locator('figcaption.legend').first().textContent()
      expect(legend).to.match(/offered\s+answered/)
      // The higher of two bars is the taller.
      const heights = await page.evaluate<number[]>(
        "[...document.querySelectorAll('rect.bar')].map((bar) => Number(bar.getAttribute('height')))",
      )
      expect(heights[1]).to.be.above(3 * (heights[0] ?? 0))
    })
  })

  it('folds many devices behind their sum, and says whose process is shared', async () => {
    await visit(keptLoad(), sizes.wide, async (page) => {
      const rows = page.locator('section[aria-labelledby=nodes] > table tbody tr')
      expect(await rows.count()).to.equal(3)
      expect(await rows.last().textContent())
        .to.include('100 devices')
        .and.to.include('7,000')
      expect(await rows.first().textContent()).to.include('shared')
      expect(await page.locator('details.fold tbody tr').count()).to.equal(100)
    })
    await visit(shortLoad(), sizes.wide, async (page) => {
      const first = page.locator('section[aria-labelledby=nodes] > table tbody tr').first()
      expect(await first.textContent())
        .to.include('1 %')
        .and.to.not.include('shared')
    })
  })

  it('marks a load that fell short, and says why', async () => {
    await visit(shortLoad(), sizes.wide, async (page) => {
      expect(await page.locator('h1').getAttribute('class')).to.equal('inconc')
      expect(await page.locator('ul.warnings').textContent()).to.include('did not keep up')
      expect(await page.locator('section[aria-labelledby=outcomes]').textContent()).to.include(
        'timeout × 150',
      )
    })
  })

  it('stays inert with hostile text in every field', async () => {
    let next = 0
    const walk = (value: unknown, key: string): unknown => {
      if (typeof value === 'string' && !['phase', 'operation', 'target', 'arrival'].includes(key)) {
        next += 1
        return hostileTexts[next % hostileTexts.length]
      }
      if (Array.isArray(value)) return value.map((item) => walk(item, key))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]))
    }
    const record = walk(shortLoad(), '') as LoadRecord
    for (const viewport of Object.values(sizes)) {
      await visit({ ...record, problems: [...hostileTexts] }, viewport, async (page) => {
        expect(await page.evaluate("'hacked' in window")).to.equal(false)
        expect(
          await page.locator('script, img, iframe, object, embed, base, form').count(),
        ).to.equal(0)
        expect(
          await page.locator('a[href^="javascript:" i], [onmouseover], [onerror]').count(),
        ).to.equal(0)
      })
    }
  })

  it('is written whole, beside its record and nothing else', async () => {
    const place = await mkdtemp(join(folder, 'write-'))
    await writeFile(join(place, 'recording.pcapng'), '')
    await writeLoadReport(keptLoad(), place)
    expect((await readdir(place)).sort()).to.deep.equal([
      'load.html',
      'load.json',
      'recording.pcapng',
    ])
  })
})
