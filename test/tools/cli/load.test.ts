import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { parseLoadRecord } from '../../../reports/load/parseLoadRecord.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..', '..')
const main = join(project, 'tools/cli/main.ts')
const topology = join(project, 'topologies', 'smallest.yaml')

function bench(...words: string[]) {
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: project })
}

describe('./bench load', function () {
  this.timeout(30_000)
  let folder = temporaryFolder()
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  function file(more = ''): string {
    const path = join(folder.path, 'load.yaml')
    writeFileSync(
      path,
      `name: small\ntopology: ${topology}\nratePerS: 20\ndurationS: 1\nwarmUpS: 0\n${more}`,
    )
    return path
  }

  it('leaves a record, a page and a recording, and ends with 0', () => {
    const out = join(folder.path, 'out')
    const { stdout, stderr, status } = bench('load', file(), '--rate', '30', '--out', out)
    expect(status, stderr).to.equal(0)
    expect(stdout).to.match(/^1 device, [\d.]+ requests\/s offered: [\d.]+\/s answered, p50/)
    for (const name of ['load.json', 'load.html', 'recording.pcapng'])
      expect(existsSync(join(out, name)), name).to.equal(true)
    const parsed = parseLoadRecord(readFileSync(join(out, 'load.json'), 'utf8'))
    if (!parsed.ok) throw new Error(parsed.message)
    expect(parsed.value.load.ratePerS).to.equal(30)

    const again = bench('report', out, '--text')
    expect(again.status).to.equal(0)
    expect(again.stdout.split('\n')[0]).to.equal(stdout.split('\n')[0])
    writeFileSync(join(out, 'load.json'), '{"schemaVersion":1}')
    expect(bench('report', out).stderr).to.include('RECORD_INVALID')
  })

  it('prints the record with --json', () => {
    const { stdout } = bench('load', file(), '--json', '--out', join(folder.path, 'out'))
    expect(parseLoadRecord(stdout).ok).to.equal(true)
  })

  it('ends with 2 and the line when the file is wrong, and starts nothing', () => {
    const out = join(folder.path, 'out')
    const { stderr, status } = bench('load', file('rampS: soon\n'), '--out', out)
    expect(status).to.equal(2)
    expect(stderr).to.include('load.yaml:6:8').and.to.include('LOAD_INVALID')
    expect(existsSync(out)).to.equal(false)
  })

  it('ends with 1 when not everything was answered', () => {
    const short = file('mostInFlight: 1\narrival: constant\n')
    const { stdout, status } = bench(
      'load',
      short,
      '--rate',
      '5000',
      '--out',
      join(folder.path, 'out'),
    )
    expect(status).to.equal(1)
    expect(stdout).to.match(/[\d,]+ shed\./)
  })

  it('reports what there is on Ctrl-C, and ends with 130', async () => {
    const out = join(folder.path, 'out')
    const words = [main, 'load', file(), '--duration', '3000', '--json', '--out', out]
    const child = spawn(process.execPath, words, { cwd: project })
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    const ended = once(child, 'exit')
    try {
      for await (const line of createInterface(child.stderr)) {
        if (line.includes('1 device offers 20 requests/s')) child.kill('SIGINT')
      }
      const [code] = await ended
      expect(code).to.equal(130)
    } finally {
      child.kill('SIGKILL')
    }
    const parsed = parseLoadRecord(stdout)
    if (!parsed.ok) throw new Error(parsed.message)
    expect(parsed.value.interrupted).to.equal('ended from outside')
    expect(existsSync(join(out, 'load.html'))).to.equal(true)
  })
})
