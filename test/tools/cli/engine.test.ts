import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { temporaryFolder } from '../temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..', '..')
const main = join(project, 'tools/cli/main.ts')
/** An engine that somebody named and that is not there: never one for the bench to install or start. */
const named = { DOCKER_HOST: 'unix:///nonexistent/engine.sock' }

function bench(words: readonly string[], environment: Record<string, string> = named) {
  const env = { ...process.env, ...environment }
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: project, env })
}

describe('the command line without a container engine', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('says in the doctor that it is missing, and what to do, with exit code 5', () => {
    const { stdout, status } = bench(['doctor'])
    expect(status).to.equal(5)
    expect(stdout).to.match(/^missing +engine .*nodes in containers/m)
    expect(stdout).to.contain('./bench doctor --fix').and.to.contain('DOCKER_HOST')
    const rows = JSON.parse(bench(['doctor', '--json']).stdout)
    const row = rows.find((one: { name: string }) => one.name === 'engine')
    expect(row).to.include({ present: false, version: null, debianPackage: 'docker.io' })
  })

  it('does not start one in place of one that was named', () => {
    for (const words of [
      ['engine', 'start'],
      ['doctor', '--fix'],
    ]) {
      const { stderr, status } = bench(words)
      expect(status, words.join(' ')).to.equal(5)
      expect(stderr).to.contain('CAPABILITY_MISSING').and.not.to.contain('starting Docker')
    }
  })

  it('ends the part of the tests that needs it with a clear line and exit code 5', () => {
    const { stdout, stderr, status } = bench(['test', '--only', 'engine'])
    expect(status).to.equal(5)
    expect(stderr).to.contain('CAPABILITY_MISSING')
    expect(stdout).to.match(/^0 passed, 0 failed, 0 skipped$/m)
  })

  it('refuses an address that it does not understand, with exit code 2', () => {
    const { stderr, status } = bench(['engine', 'image'], { DOCKER_HOST: 'ssh://somewhere' })
    expect(status).to.equal(2)
    expect(stderr).to.contain('DOCKER_HOST').and.to.contain('unix:///path/of/socket')
  })

  it('cleans what is on this machine all the same', () => {
    const { stderr, status } = bench(['clean'])
    expect(stderr).to.equal('')
    expect(status).to.equal(0)
  })

  it('prints and writes the bill of materials of the image', () => {
    const { stdout, status } = bench(['engine', 'sbom'])
    expect(status).to.equal(0)
    expect(JSON.parse(stdout)).to.include({ bomFormat: 'CycloneDX' })
    const file = join(folder.path, 'sbom.json')
    expect(bench(['engine', 'sbom', file]).status).to.equal(0)
    expect(readFileSync(file, 'utf8').trimEnd()).to.equal(stdout.trimEnd())
    const nowhere = bench(['engine', 'sbom', join(folder.path, 'none', 'sbom.json')])
    expect(nowhere.status).to.equal(2)
    expect(nowhere.stderr).to.contain('cannot be written')
  })

  it('refuses words that mean nothing', () => {
    for (const words of [
      [],
      ['restart'],
      ['stop', 'now'],
      ['toString'],
      ['image', '--sbom', 'x'],
    ]) {
      const { stderr, status } = bench(['engine', ...words])
      expect(status, words.join(' ')).to.equal(2)
      expect(stderr).to.contain('usage: ./bench engine')
    }
  })
})
