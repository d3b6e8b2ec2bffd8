import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { writeReports } from '../../../reports/build.ts'
import { toJUnit } from '../../../reports/junit.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import { launchChromium } from '../chromium.ts'
import { hostile, hostileTexts } from '../hostile.ts'
import { emptyRun, failingRun, goodRun, interruptedRun, largeRun } from '../runs.ts'

const runs = { goodRun, failingRun, emptyRun, interruptedRun, largeRun } as const
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } } as const

/** A page as a reader would open it, and everything it complained about or asked for. */
interface Visit {
  readonly page: Page
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
}

describe('the page in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  let folder = ''

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-page-'))
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function write(name: string, record: RunRecord): Promise<string> {
    const place = join(folder, name)
    const artefacts = [...record.artefacts, ...record.purposes.flatMap((p) => p.evidence)]
    for (const { path } of artefacts) {
      await mkdir(dirname(join(place, path)), { recursive: true })
      await writeFile(join(place, path), '')
    }
    return (await writeReports(record, place)).page
  }

  async function visit(
    file: string,
    options: BrowserContextOptions,
    look: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options)
    try {
      const page = await context.newPage()
      const complaints: string[] = []
      const requests: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
      context.on('request', (request) => requests.push(request.url()))
      await page.goto(pathToFileURL(file).href)
      await look({ page, complaints, requests })
    } finally {
      await context.close()
    }
  }

  for (const [name, make] of Object.entries(runs)) {
    for (const [size, viewport] of Object.entries(sizes)) {
      it(`shows ${name} ${size}: nothing fetched, nothing wrong, nothing cut off`, async () => {
        const file = await write(name, make())
        await visit(file, { viewport }, async ({ page, complaints, requests }) => {
          await unfold(page)
          expect(await overflow(page)).to.be.at.most(0)
          await page.screenshot({ path: join(folder, `${name}-${viewport.width}.png`) })
          expect((await stat(join(folder, `${name}-${viewport.width}.png`))).size).to.be.above(5000)
          expect(complaints).to.deep.equal([])
          expect(requests).to.deep.equal([pathToFileURL(file).href])
        })
      })
    }
  }

  it('leads every link to a file that exists or a place in the page', async () => {
    const file = await write('links', failingRun())
    await visit(file, {}, async ({ page }) => {
      const links = await page.evaluate<string[]>(
        "[...document.querySelectorAll('a[href]')].map((link) => link.href)",
      )
      const inside = links.filter((link) => link.includes('#'))
      const outside = links.filter((link) => !link.includes('#'))
      expect(inside.length).to.be.above(8)
      expect(outside.length).to.be.above(20)
      for (const link of inside) {
        const id = decodeURIComponent(new URL(link).hash.slice(1))
        expect(await page.locator(`[id="${id}"]`).count(), link).to.equal(1)
      }
      for (const link of outside) await stat(fileURLToPath(link))
    })
  })

  it('stays inert with hostile text in every field', async () => {
    for (const offset of [0, 5, 11]) {
      const record = hostile(failingRun(), offset)
      const file = (await writeReports(record, join(folder, `hostile-${offset}`))).page
      for (const viewport of Object.values(sizes)) {
        await visit(file, { viewport }, async ({ page, complaints, requests }) => {
          await unfold(page)
          await page.locator('#filter-text').fill(hostileTexts[0])
          expect(await page.evaluate("'hacked' in window")).to.equal(false)
          expect(await page.locator('script').count()).to.equal(1)
          expect(await page.locator('img, iframe, object, embed, base, form').count()).to.equal(0)
          expect(
            await page.locator('a[href^="javascript:" i], [onmouseover], [onerror]').count(),
          ).to.equal(0)
          expect(complaints).to.deep.equal([])
          expect(requests).to.deep.equal([pathToFileURL(file).href])
          expect(await overflow(page)).to.be.at.most(0)
        })
      }
    }
  })

  it('would not run a script that got in all the same', async () => {
    const file = await write('policy', goodRun())
    await visit(file, {}, async ({ page, complaints }) => {
      await page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))",
      )
      expect(await page.evaluate("'hacked' in window")).to.equal(false)
      expect(complaints.join()).to.match(/Content Security Policy/)
    })
  })

  it('filters by words and by verdict', async () => {
    await visit(await write('filter', failingRun()), {}, async ({ page }) => {
      const shown = page.locator('details.purpose:visible')
      expect(await shown.count()).to.equal(7)
      await page.locator('#filter-text').fill('canary path/004')
      expect(await shown.count()).to.equal(1)
      expect(await page.locator('#shown').textContent()).to.equal('1 of 7 shown')
      await page.locator('#filter-text').fill('')
      await page.locator('#filter input[value=pass]').uncheck()
      expect(await shown.count()).to.equal(4)
      await page.locator('#filter-text').fill('no such words')
      expect(await shown.count()).to.equal(0)
    })
  })

  it('can be used with the keyboard', async () => {
    await visit(await write('keyboard', goodRun()), {}, async ({ page }) => {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent')).to.equal(
        'Skip to the purposes',
      )
      const first = page.locator('details.purpose').first()
      await first.locator('summary').focus()
      await page.keyboard.press('Enter')
      expect(await first.getAttribute('open')).not.to.equal(null)
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
      expect(outline).to.equal('solid')
    })
  })

  it('copies the command, and unfolds the purpose a link names', async () => {
    const file = await write('copy', failingRun())
    await visit(file, {}, async ({ page }) => {
      const link = page.locator('.attention a').last()
      const id = decodeURIComponent(
        new URL((await link.getAttribute('href')) ?? '', 'x:/').hash.slice(1),
      )
      await link.click()
      const purpose = page.locator(`details[open][id="${id}"]`)
      await purpose.waitFor({ timeout: 10_000 })
      const button = purpose.locator('button.copy')
      await button.click()
      await purpose.locator('button.copy', { hasText: /^(Copied|Selected)$/ }).waitFor()
      expect(await button.textContent()).not.to.equal('Copy')
    })
  })

  it('can be read with scripts off', async () => {
    const file = await write('scripts-off', failingRun())
    await visit(file, { javaScriptEnabled: false }, async ({ page }) => {
      expect(await page.locator('h1').textContent()).to.match(/^3 of 7 purposes passed/)
      expect(await page.locator('#filter').isVisible()).to.equal(false)
      const purpose = page.locator('details.purpose').first()
      const reason = purpose.locator('.reason')
      expect(await reason.isVisible()).to.equal(false)
      await purpose.locator('summary').click()
      expect(await reason.isVisible()).to.equal(true)
    })
  })

  it('draws the journey: lanes, arrows, and what was inside beside what was on the wire', async () => {
    const file = await write('journey', goodRun())
    await visit(file, { viewport: sizes.wide }, async ({ page }) => {
      await unfold(page)
      const chart = page.locator('.sequence')
      expect(await chart.locator('.row').count()).to.equal(6)
      expect(await chart.locator('.row.response').count()).to.equal(3)
      const row = chart.locator('.row').first()
      const wire = await row.locator('.wire').boundingBox()
      const inner = await row.locator('.inner').boundingBox()
      expect(wire?.y).to.equal(inner?.y)
      expect(wire?.x).to.be.below(inner?.x ?? 0)
      const from = await chart.locator('.arrow.request line').first().boundingBox()
      expect(from?.width).to.be.above(40)
    })
  })

  it('keeps text legible on light and on dark', async () => {
    const file = await write('contrast', failingRun())
    for (const colorScheme of ['light', 'dark'] as const) {
      await visit(file, { colorScheme }, async ({ page }) => {
        const colours = await tokens(page)
        expect(luminance(colours.page ?? '') > 0.5).to.equal(colorScheme === 'light')
        for (const name of ['ink', 'soft', 'accent', 'pass', 'fail', 'inconc', 'error', 'none']) {
          for (const back of ['page', 'panel', 'field', 'infrastructure']) {
            const ratio = contrast(colours[name] ?? '', colours[back] ?? '')
            expect(ratio, `${name} on ${back}, ${colorScheme}`).to.be.at.least(4.5)
          }
        }
      })
    }
  })

  it('gives verdicts a word and a shape of their own', async () => {
    await visit(await write('shapes', failingRun()), {}, async ({ page }) => {
      const marks = await page.$$eval('summary .mark', (all) =>
        all.map((m) => `${m.textContent} ${m.querySelector('use')?.getAttribute('href')}`),
      )
      expect([...new Set(marks)].sort()).to.deep.equal([
        'error #v-error',
        'fail #v-fail',
        'inconc #v-inconc',
        'pass #v-pass',
      ])
      const shapes = await page.$$eval('symbol', (all) => all.map((s) => s.innerHTML))
      expect(new Set(shapes).size).to.equal(shapes.length)
    })
  })

  it('gets JUnit that an XML parser takes, whatever the texts are', async () => {
    await visit(await write('xml', goodRun()), {}, async ({ page }) => {
      for (const record of [
        failingRun(),
        ...hostileTexts.map((_, i) => hostile(failingRun(), i)),
      ]) {
        const xml = JSON.stringify(toJUnit(record))
        const outcome = await page.evaluate(`(() => {
          const parsed = new DOMParser().parseFromString(${xml}, 'application/xml');
          const error = parsed.querySelector('parsererror');
          return error ? error.textContent : parsed.querySelectorAll('testcase').length;
        })()`)
        expect(outcome).to.equal(9)
      }
    })
  })
})

async function unfold(page: Page): Promise<void> {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
}

/** Pixels by which the page is wider than the window. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
}

async function tokens(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate<Record<string, string>>(`(() => {
    const names = 'page panel field infrastructure ink soft accent pass fail inconc error none';
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(
      names.split(' ').map((name) => [name, style.getPropertyValue('--' + name).trim()]),
    );
  })()`)
}

/** Relative luminance and contrast ratio of WCAG 2, from `#rrggbb`. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
