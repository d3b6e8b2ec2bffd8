import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { NodeConfiguration, NodeEvent } from '../../nodes/contract.ts'
import { loopback, node } from './network.ts'

const program = new URL('../../nodes/main.ts', import.meta.url).pathname
const token = 'a token of more than 16 characters'

describe('a node as a program', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let folder = ''
  let child: ChildProcess | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-program-'))
    await writeFile(join(folder, 'token'), token, { mode: 0o600 })
  })

  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })

  const lone = (changes: Partial<NodeConfiguration> = {}): NodeConfiguration => ({
    ...node('cse9', 'in', {
      cse: {
        cseId: '/cse9',
        name: 'base',
        listener: { address: loopback, port: 0, binding: 'http' },
        pointsOfAccess: [],
        registrees: [],
        adminOriginator: 'CAdmin',
      },
    }),
    control: { address: loopback, port: 0, tokenFile: join(folder, 'token') },
    ...changes,
  })

  /** Starts the program with a configuration; resolves with its first line, or its exit code when it ends first. */
  async function start(configuration: unknown): Promise<NodeEvent | number> {
    const file = join(folder, 'node.json')
    await writeFile(file, JSON.stringify(configuration))
    const running = spawn(process.execPath, [program, file], { stdio: 'pipe' })
    child = running
    const ended = once(running, 'exit').then(([code]) => code as number)
    const line = once(createInterface(running.stdout), 'line').then(
      ([text]) => JSON.parse(text) as NodeEvent,
    )
    return Promise.race([line, ended])
  }

  async function startReady(configuration: unknown = lone()) {
    const first = await start(configuration)
    if (typeof first === 'number' || first.event !== 'ready') throw new Error(`not ready: ${first}`)
    return first
  }

  async function tell(port: number | undefined, command: unknown, bearer = token) {
    const response = await fetch(`http://${loopback}:${port}/control`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${bearer}` },
      body: JSON.stringify(command),
    })
    return { status: response.status, reply: await response.json() }
  }

  it('says ready with the addresses it listens on, serves, and ends with 0 on SIGTERM', async () => {
    const ready = await startReady()
    expect(ready.contractVersion).to.equal(1)
    expect(ready.listeners).to.have.length(1)
    const [{ entity, port, secured } = { entity: '', port: 0, secured: true }] = ready.listeners
    expect({ entity, secured }).to.deep.equal({ entity: 'cse', secured: false })
    const response = await fetch(`http://${loopback}:${port}/base`, {
      headers: { 'X-M2M-Origin': 'CAdmin', 'X-M2M-RI': '1', 'X-M2M-RVI': '3' },
    })
    expect(response.headers.get('x-m2m-rsc')).to.equal('2000')
    child?.kill('SIGTERM')
    expect(await once(child as ChildProcess, 'exit')).to.deep.equal([0, null])
  })

  it('obeys its control address only with the token, and stops when told', async () => {
    const { control } = await startReady()
    const wrong = await tell(control?.port, { do: 'describe' }, 'another token of 16 characters')
    expect(wrong.status).to.equal(401)
    expect((await tell(control?.port, { do: 'describe' })).reply).to.nested.include({
      ok: true,
      'value.name': 'cse9',
    })
    expect((await tell(control?.port, { do: 'brew-coffee' })).reply).to.include({ code: 127 })
    expect((await tell(control?.port, { dough: 1 })).reply).to.include({ code: 2 })
    const exit = once(child as ChildProcess, 'exit')
    expect((await tell(control?.port, { do: 'stop' })).reply).to.include({ ok: true })
    expect(await exit).to.deep.equal([0, null])
  })

  it('ends with 127 when asked for what it does not have', async () => {
    expect(await start(lone({ misbehaviours: ['levitates'] }))).to.equal(127)
    expect(await start({ ...lone(), kind: 'maf' })).to.equal(127)
  })

  it('ends with 2 on a configuration that is wrong', async () => {
    expect(await start({ ...lone(), colour: 'red' })).to.equal(2)
    expect(await start('no object')).to.equal(2)
    await writeFile(join(folder, 'token'), token, { mode: 0o644 })
    const openToken = join(folder, 'open-token')
    await writeFile(openToken, token, { mode: 0o644 })
    const control = { address: loopback, port: 0, tokenFile: openToken }
    expect(await start(lone({ control }))).to.equal(2)
    const both = { streams: true, port: 0 } as const
    expect(await start(lone({ control: both }))).to.equal(2)
  })

  it('takes commands on its standard input, and stops when that ends', async () => {
    await startReady(lone({ control: { streams: true } }))
    const running = child as ChildProcess
    if (running.stdin === null || running.stdout === null) throw new Error('no streams')
    const replies = createInterface(running.stdout)[Symbol.asyncIterator]()
    const next = async () => JSON.parse(String((await replies.next()).value))
    running.stdin.write('{"id":3,"command":{"do":"describe"}}\nnonsense\n')
    expect(await next()).to.deep.include({ reply: null, ok: false, code: 2 })
    expect(await next()).to.nested.include({ reply: 3, ok: true, 'value.name': 'cse9' })
    const exit = once(running, 'exit')
    running.stdin.end()
    expect(await next()).to.include({ event: 'stopped' })
    expect(await exit).to.deep.equal([0, null])
  })

  it('answers the command to stop before it goes, though its input stays open', async () => {
    await startReady(lone({ control: { streams: true } }))
    const running = child as ChildProcess
    if (running.stdout === null) throw new Error('no streams')
    const lines: unknown[] = []
    createInterface(running.stdout).on('line', (line) => lines.push(JSON.parse(line)))
    running.stdin?.write('{"id":1,"command":{"do":"stop"}}\n')
    const [code] = await once(running, 'close')
    expect(code).to.equal(0)
    expect(lines).to.deep.include({ reply: 1, ok: true, value: null })
  })

  it('keeps its key log to itself', async () => {
    const keyLogFile = join(folder, 'keys.log')
    await startReady(lone({ keyLogFile }))
    expect((await stat(keyLogFile)).mode & 0o777).to.equal(0o600)
    expect(await readFile(keyLogFile, 'utf8')).to.equal('')
  })
})
