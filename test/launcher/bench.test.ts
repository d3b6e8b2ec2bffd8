import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'

const project = join(import.meta.dirname, '..', '..')

/** The launcher in a folder of its own, with a stand-in for npm and for what npm would install. */
describe('the launcher', () => {
  let folder = ''
  let tools = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-launcher-'))
    tools = join(folder, 'path')
    mkdirSync(tools)
    mkdirSync(join(folder, 'tools/cli'), { recursive: true })
    copyFileSync(join(project, 'bench'), join(folder, 'bench'))
    writeFileSync(join(folder, 'package-lock.json'), '{}')
    writeFileSync(
      join(folder, 'tools/cli/main.ts'),
      'console.log("main ran with", process.argv.slice(2).join())',
    )
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function writeNpm(script: string): void {
    writeFileSync(join(tools, 'npm'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(tools, 'npm'), 0o755)
  }

  /** Puts the running Node where the pinned one is expected, as `npm ci` would. */
  const installs = ['x64', 'arm64']
    .map(
      (cpu) =>
        `mkdir -p node_modules/node-linux-${cpu}/bin; ln -s ${process.execPath} node_modules/node-linux-${cpu}/bin/node`,
    )
    .join('\n')

  function start(...words: string[]) {
    // Only the stand-in and the system's own tools: a real npm of this machine is out of reach.
    for (const name of [
      'sh',
      'cmp',
      'cp',
      'dirname',
      'readlink',
      'mktemp',
      'tail',
      'rm',
      'mkdir',
      'ln',
      'uname',
      'env',
      'flock',
    ])
      if (spawnSync('sh', ['-c', `test -e ${tools}/${name}`]).status !== 0)
        spawnSync('sh', ['-c', `ln -s "$(command -v ${name})" ${tools}/${name}`])
    return spawnSync(join(folder, 'bench'), words, {
      encoding: 'utf8',
      env: { PATH: tools, TMPDIR: folder },
    })
  }

  it('installs the locked dependencies once, says so, and goes on', () => {
    writeNpm(`echo "$@" >> ${folder}/npm-calls\n${installs}`)
    const first = start('list', 'a b')
    expect(first.stderr).to.contain('installing the locked dependencies')
    expect(first.stdout).to.contain('main ran with list,a b')
    const second = start('list')
    expect(second.stderr).to.equal('')
    expect(second.stdout).to.contain('main ran with list')
    expect(second.status).to.equal(0)
  })

  it('installs again when the lock file has changed', () => {
    writeNpm(`${installs} 2>/dev/null; true`)
    start('list')
    writeFileSync(join(folder, 'package-lock.json'), '{"changed": true}')
    expect(start('list').stderr).to.contain('installing the locked dependencies')
  })

  it('names npm and the remedy where there is none, with exit code 5', () => {
    const run = start('list')
    expect(run.status).to.equal(5)
    expect(run.stderr).to.contain('npm is missing').and.to.contain('apt-get install npm')
  })

  it('shows what npm said when the installation fails, and does not count it as done', () => {
    writeNpm('echo "no space left" >&2; exit 1')
    const run = start('list')
    expect(run.status).to.equal(5)
    expect(run.stderr).to.contain('no space left').and.to.contain('could not be installed')
    writeNpm(installs)
    expect(start('list').stdout).to.contain('main ran')
  })

  it('installs once when it is started twice at the same time', async () => {
    writeNpm(`echo call >> ${folder}/npm-calls\n${installs}`)
    start('help')
    rmSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'npm-calls'), '')
    const options = { env: { PATH: tools, TMPDIR: folder }, stdio: 'ignore' } as const
    const both = [1, 2].map(() => once(spawn(join(folder, 'bench'), ['list'], options), 'close'))
    expect(await Promise.all(both)).to.deep.equal([
      [0, null],
      [0, null],
    ])
    expect(readFileSync(join(folder, 'npm-calls'), 'utf8')).to.equal('call\n')
  })

  it('installs again after Ctrl-C during the installation', async () => {
    writeNpm(installs)
    start('help')
    rmSync(join(folder, 'node_modules'), { recursive: true })
    // As a terminal does: to everybody in the foreground, here a process group of its own.
    writeNpm('mkdir -p node_modules/half; kill -INT 0; sleep 30')
    const options = { env: { PATH: tools, TMPDIR: folder }, stdio: 'ignore' } as const
    const interrupted = spawn(join(folder, 'bench'), ['list'], { ...options, detached: true })
    expect(await once(interrupted, 'close')).to.deep.equal([null, 'SIGINT'])
    writeNpm(installs)
    const again = start('list')
    expect(again.stderr).to.contain('installing the locked dependencies')
    expect(again.stdout).to.contain('main ran with list')
  })

  it('hands the exit code of the command on', () => {
    writeNpm(installs)
    writeFileSync(join(folder, 'tools/cli/main.ts'), 'process.exitCode = 3')
    expect(start('run').status).to.equal(3)
  })
})
