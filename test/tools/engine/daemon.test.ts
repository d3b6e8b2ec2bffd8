import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import {
  type DaemonOptions,
  startDaemon,
  startedDaemon,
  stopDaemon,
} from '../../../tools/engine/daemon.ts'
import { isAlive, type ProcessIdentity } from '../../../tools/runtimes/processes.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { failureOf } from './fakeEngine.ts'

/** Stands in for dockerd: listens where it is told, answers, and takes its pid file away at the end. */
const obedient = `
const { createServer } = require('node:http')
const { rmSync, writeFileSync } = require('node:fs')
const after = (word) => process.argv[process.argv.indexOf(word) + 1]
const socket = after('--host').replace('unix://', '')
rmSync(socket, { force: true })
writeFileSync(after('--pidfile'), String(process.pid))
const server = createServer((request, response) => response.end('{"Version":"1.0"}')).listen(socket)
process.on('SIGTERM', () => { rmSync(after('--pidfile')); process.exit(0) })
`

describe('starting an engine', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let options: DaemonOptions
  beforeEach(() => {
    folder = temporaryFolder()
    options = {
      benchFolder: folder.path,
      socket: join(folder.path, 'engine.sock'),
      pidFile: join(folder.path, 'engine.pid'),
      program: join(folder.path, 'daemon.cjs'),
      withSystemd: false,
      timeoutMs: 10_000,
    }
  })
  afterEach(async () => {
    await stopDaemon(folder.path)
    folder.remove()
  })

  function program(code: string): void {
    const file = options.program ?? ''
    writeFileSync(file, `#!${process.execPath}\n${code}`)
    chmodSync(file, 0o755)
  }

  /** Whom the state file named, also when it is gone by now. */
  function lastStarted(): ProcessIdentity {
    return JSON.parse(readFileSync(join(folder.path, 'copy.json'), 'utf8'))
  }
  const noteState = `
require('node:fs').copyFileSync('${'FOLDER'}/.bench/engine.json', '${'FOLDER'}/copy.json');`

  it('waits until it answers, remembers it, and stops it', async () => {
    program(obedient)
    const engine = await startDaemon(options)
    expect(engine.describe()).to.equal(`Docker 1.0 at unix://${options.socket}`)
    const daemon = startedDaemon(folder.path)
    expect(daemon?.socket).to.equal(options.socket)
    expect(await stopDaemon(folder.path)).to.equal(true)
    expect(startedDaemon(folder.path)).to.equal(undefined)
    expect(await stopDaemon(folder.path)).to.equal(false)
  })

  it('is not misled by the socket of an engine that was killed', async () => {
    program(obedient)
    await startDaemon(options)
    process.kill(startedDaemon(folder.path)?.pid ?? 0, 'SIGKILL')
    expect(existsSync(options.socket ?? '')).to.equal(true)
    await startDaemon(options)
  })

  it('shows the last lines of one that ends at once', async () => {
    program(`console.error('failed to find cgroups'); process.exit(3)`)
    const failure = await failureOf(startDaemon(options))
    expect(failure).to.include({ code: 'CAPABILITY_MISSING' })
    expect(failure.message).to.contain('ended with 3').and.to.contain('failed to find cgroups')
    expect(startedDaemon(folder.path)).to.equal(undefined)
  })

  it('says when there is no such program', async () => {
    const failure = await failureOf(startDaemon(options))
    expect(failure).to.include({ code: 'CAPABILITY_MISSING' })
  })

  it('gives one up that never listens, and ends it', async () => {
    const note = noteState.replaceAll('FOLDER', folder.path)
    program(`setTimeout(() => {${note}}, 100); setInterval(() => {}, 1000)`)
    const failure = await failureOf(startDaemon({ ...options, timeoutMs: 700 }))
    expect(failure).to.include({ code: 'TIMED_OUT' })
    expect(failure.remedy).to.contain('engine.log')
    expect(startedDaemon(folder.path)).to.equal(undefined)
    expect(isAlive(lastStarted())).to.equal(false)
  })

  it('can be interrupted', async () => {
    program('setInterval(() => {}, 1000)')
    const failure = await failureOf(startDaemon({ ...options, signal: AbortSignal.timeout(200) }))
    expect(failure).to.include({ code: 'INTERRUPTED' })
  })

  it('believes no state that is damaged, or of a process that is gone', () => {
    const state = join(folder.path, '.bench', 'engine.json')
    mkdirSync(join(folder.path, '.bench'))
    const whole = { startTime: '1', program: 'x', socket: '/x', pidFile: '/x', log: '/x' }
    for (const text of [
      '{',
      'null',
      '[]',
      JSON.stringify({ ...whole, pid: 1 }),
      JSON.stringify({ ...whole, pid: process.pid }),
      JSON.stringify({ pid: process.pid, startTime: '1' }),
    ]) {
      writeFileSync(state, text)
      expect(startedDaemon(folder.path), text).to.equal(undefined)
    }
  })
})
