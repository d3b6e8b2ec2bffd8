import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { cleanAll, markFolder, openJournal } from '../../../tools/runtimes/journal.ts'
import { isAlive, ownIdentity, startTimeOf } from '../../../tools/runtimes/processes.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const dead = { pid: process.pid, startTime: '1' }

describe('the journal', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let entries: string
  beforeEach(() => {
    folder = temporaryFolder()
    entries = join(folder.path, '.bench', 'journal')
  })
  afterEach(() => folder.remove())

  function leave(name: string, entry: unknown): void {
    mkdirSync(entries, { recursive: true })
    writeFileSync(join(entries, name), typeof entry === 'string' ? entry : JSON.stringify(entry))
  }

  it('leaves the things of a living run alone, and forgets when told', async () => {
    const path = join(folder.path, 'keys')
    const forget = openJournal(folder.path).add([{ kind: 'folder', path }])
    mkdirSync(path)
    expect(await cleanAll(folder.path)).to.deep.equal([])
    expect(existsSync(path)).to.equal(true)
    forget()
    expect(readdirSync(entries)).to.deep.equal([])
  })

  it('removes what a dead run left: files, folders, processes, and folders that are empty then', async () => {
    const run = join(folder.path, 'runs', '1')
    const keys = join(run, 'keys')
    const full = join(folder.path, 'full')
    mkdirSync(keys, { recursive: true })
    mkdirSync(full)
    markFolder(keys)
    writeFileSync(join(keys, 'a.key'), 'x')
    writeFileSync(join(run, 'recording.pcapng'), 'x')
    writeFileSync(join(full, 'precious'), 'x')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    })
    const closed = once(child, 'close')
    const pid = child.pid ?? 0
    leave('dead.json', {
      owner: dead,
      things: [
        { kind: 'process', pid, startTime: startTimeOf(pid), program: 'a node' },
        { kind: 'process', pid: process.pid, startTime: '1', program: 'somebody else by now' },
        { kind: 'folder', path: keys },
        { kind: 'file', path: join(run, 'recording.pcapng') },
        { kind: 'file', path: join(run, 'never made') },
        { kind: 'folder-when-empty', path: run },
        { kind: 'folder-when-empty', path: full },
      ],
    })
    const removed = await cleanAll(folder.path)
    await closed
    expect(child.signalCode).to.equal('SIGKILL')
    expect(removed).to.have.length(4)
    expect(removed.join('\n')).to.contain(keys).and.to.contain(`process ${pid} (a node)`)
    expect(existsSync(run)).to.equal(false)
    expect(readFileSync(join(full, 'precious'), 'utf8')).to.equal('x')
    expect(readdirSync(entries)).to.deep.equal([])
    expect(await cleanAll(folder.path)).to.deep.equal([])
  })

  it('removes no folder with all that is in it unless the bench made it', async () => {
    const path = join(folder.path, 'somebody')
    mkdirSync(path)
    writeFileSync(join(path, 'precious'), 'x')
    leave('dead.json', { owner: dead, things: [{ kind: 'folder', path }] })
    expect((await cleanAll(folder.path)).join()).to.contain('does not carry the mark')
    expect(readFileSync(join(path, 'precious'), 'utf8')).to.equal('x')
  })

  it('does nothing on the word of an entry it cannot read', async () => {
    const path = join(folder.path, 'precious')
    mkdirSync(path)
    const bad = [
      '{"owner":',
      'null',
      { owner: dead },
      { owner: dead, things: [{ kind: 'folder', path: '/onem2m-bench-no-such-folder' }] },
      { owner: dead, things: [{ kind: 'folder', path: 'precious' }] },
      {
        owner: dead,
        things: [
          { kind: 'folder', path },
          { kind: 'spell', path },
        ],
      },
      { owner: dead, things: [{ kind: 'process', pid: 1, startTime: '1', program: 'init' }] },
    ]
    for (const [index, entry] of bad.entries()) {
      leave(`${index}.json`, entry)
    }
    const removed = await cleanAll(folder.path)
    expect(removed).to.have.length(bad.length)
    expect(removed.every((line) => line.startsWith('unreadable journal entry'))).to.equal(true)
    expect(existsSync(path)).to.equal(true)
  })

  it('removes everything a killed run left', async () => {
    const program = join(import.meta.dirname, 'killedRun.ts')
    const child = spawn(process.execPath, [program, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(existsSync(join(folder.path, 'run', 'bed', 'recording.pcapng'))).to.equal(true)
    expect(await cleanAll(folder.path)).to.deep.equal([])
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await cleanAll(folder.path)).not.to.deep.equal([])
    expect(readdirSync(folder.path)).to.deep.equal(['.bench'])
    expect(readdirSync(entries)).to.deep.equal([])
  })

  it('tells a process from another that got its number', () => {
    expect(isAlive(ownIdentity())).to.equal(true)
    expect(isAlive(dead)).to.equal(false)
    expect(startTimeOf(2 ** 30)).to.equal(undefined)
  })
})
