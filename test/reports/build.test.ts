import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { readRunRecord, writeReports } from '../../reports/build.ts'
import { purpose, record } from './fixtures.ts'
import { failingRun, goodRun } from './runs.ts'

describe('writing reports', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reports-test-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('writes three files and leaves nothing else', async () => {
    const written = await writeReports(goodRun(), join(folder, 'new', 'run'))
    expect((await readdir(join(folder, 'new', 'run'))).sort()).to.deep.equal([
      'junit.xml',
      'report.html',
      'run.json',
    ])
    expect(await readFile(written.page, 'utf8')).to.match(/^<!doctype html>/)
    expect(await readFile(written.junit, 'utf8')).to.match(/^<\?xml/)
  })

  it('reads back what it wrote, by folder and by file, and renders it the same', async () => {
    const written = await writeReports(failingRun(), folder)
    const page = await readFile(written.page, 'utf8')
    for (const path of [folder, written.record]) {
      const read = await readRunRecord(path)
      if (!read.ok) throw new Error(read.error.message)
      expect(read.value).to.deep.equal(failingRun())
      await writeReports(read.value, folder)
      expect(await readFile(written.page, 'utf8')).to.equal(page)
    }
  })

  it('leaves the earlier file whole and no leftover when a file cannot be put in place', async () => {
    await mkdir(join(folder, 'report.html', 'in-the-way'), { recursive: true })
    let failed = false
    await writeReports(goodRun(), folder).catch(() => {
      failed = true
    })
    expect(failed).to.equal(true)
    const names = (await readdir(folder)).sort()
    expect(names).to.deep.equal(['junit.xml', 'report.html', 'run.json'])
  })

  it('links evidence that is there, and calls the rest missing', async () => {
    await writeFile(join(folder, 'a.pcapng'), '')
    const evidence = [
      { kind: 'capture', path: 'a.pcapng' },
      { kind: 'log', path: 'b.log' },
      { kind: 'log', path: '../outside.log' },
      { kind: 'log', path: '/etc/passwd' },
    ]
    const written = await writeReports(record([purpose({ evidence })]), folder)
    const page = await readFile(written.page, 'utf8')
    expect(page).to.match(/<a href="a\.pcapng">a\.pcapng<\/a>/)
    expect(page).to.match(/<span>b\.log <em>\(missing\)/)
    expect(page).to.match(/outside\.log <em>\(outside the folder of the run\)/)
    expect(page).not.to.match(/href="[^"#]*(outside|passwd|b\.log)/)
  })

  it('answers for a file that is not there, not readable or not a record', async () => {
    const absent = await readRunRecord(join(folder, 'absent'))
    expect(absent.ok || absent.error.code).to.equal('FILE_UNREADABLE')
    const empty = await readRunRecord(folder)
    expect(empty.ok || empty.error.file).to.equal(join(folder, 'run.json'))
    await writeFile(join(folder, 'run.json'), '{"schemaVersion":1}')
    const partial = await readRunRecord(folder)
    expect(partial.ok || partial.error.code).to.equal('RECORD_INVALID')
  })
})
