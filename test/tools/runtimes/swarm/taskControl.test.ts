import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { type Mux, openMux } from '../../../../tools/fabric/mux.ts'
import { taskCiphers } from '../../../../tools/fabric/task/contract.ts'
import { openTaskControl, type TaskControl } from '../../../../tools/runtimes/swarm/taskControl.ts'
import type { TaskLink } from '../../../../tools/runtimes/swarm/taskLink.ts'

const key = Buffer.alloc(32, 7)
const task = { name: 'run-node0', machine: 'machine-2', key }

describe('openTaskControl', () => {
  let control: TaskControl
  let relay: Mux
  const told: unknown[] = []
  beforeEach(() => {
    told.length = 0
    const [near, far] = duplexPair()
    control = openTaskControl({ input: near, output: near })
    const onTold = (body: unknown) => void told.push(body)
    relay = openMux({ input: far, output: far, side: 'agent', onRequest: () => ({}), onTold })
  })
  afterEach(() => {
    control.close()
    relay.close()
  })

  /** Somebody who has come to the relay. */
  function come() {
    const channel = relay.open({ allowHalfOpen: true })
    channel.on('error', () => {})
    relay.tell({ connection: channel.number })
    return channel
  }

  /** A task, as tools/fabric/task/connectBench.ts does it. */
  function secure(identity: string, psk: Uint8Array) {
    const secured = connect({
      socket: come(),
      ciphers: taskCiphers,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      pskCallback: () => ({ identity, psk }),
      checkServerIdentity: () => undefined,
    })
    secured.on('error', () => {})
    return secured
  }

  /** Answers as a task would, and keeps what it was asked. */
  function serve(stream: ReturnType<typeof secure>, answer: (body: unknown) => unknown) {
    return openMux({
      input: stream,
      output: stream,
      side: 'agent',
      onRequest: answer,
      onTold: () => {},
    })
  }

  async function connected(answer: (body: unknown, mux: () => Mux) => unknown): Promise<TaskLink> {
    const link = control.expect(task)
    const stream = secure(task.name, key)
    const mux: Mux = serve(stream, (body) => answer(body, () => mux))
    return await link
  }

  it('knows a task by its key, and talks with it', async () => {
    const link = await connected(() => ({ atMs: 12.5 }))
    expect(link).to.include({ name: task.name, machine: task.machine, isOver: false })
    expect((await link.clock()).thereMs).to.equal(12.5)
  })

  it('sends away who has another key, another name, or comes a second time', async () => {
    let isConnected = false
    const waiting = control.expect(task).then(() => {
      isConnected = true
    })
    for (const [name, psk] of [
      [task.name, Buffer.alloc(32, 8)],
      ['run-node1', key],
    ] as const) {
      await once(secure(name, psk), 'close')
    }
    expect(isConnected).to.equal(false)
    serve(secure(task.name, key), () => ({}))
    await waiting
    await once(secure(task.name, key), 'close')
  })

  it('takes no nonsense for a task', async () => {
    void control.expect(task)
    const channel = come()
    channel.resume()
    channel.write('GET / HTTP/1.1\r\n\r\n')
    await once(channel, 'close')
  })

  it('carries the streams of a program, and tells its end', async () => {
    const link = await connected((body, mux) => {
      const { standard, errors, files } = body as {
        standard: number
        errors: number
        files: unknown
      }
      expect(files).to.deep.equal([{ name: 'k', base64: 'YQ==' }])
      const stdio = mux().accept(standard, { allowHalfOpen: true })
      mux().accept(errors).end('no trouble')
      stdio.on('data', (bytes) => stdio.write(`heard ${bytes}`))
      stdio.once('end', () => {
        stdio.end()
        mux().tell({ ended: { code: 3, because: 'exit code 3' } })
      })
      return {}
    })
    const program = await link.start({
      program: 'p',
      words: [],
      files: [{ name: 'k', base64: 'YQ==' }],
    })
    program.stdin.write('hello')
    const [said] = await once(program.stdout, 'data')
    expect(String(said)).to.equal('heard hello')
    expect(String((await once(program.stderr, 'data'))[0])).to.equal('no trouble')
    program.stdin.end()
    expect(await program.ended).to.deep.equal({ code: 3, because: 'exit code 3' })
  })

  it('names the machine when a task is gone', async () => {
    const [link, far] = await (async () => {
      const waiting = control.expect(task)
      const stream = secure(task.name, key)
      const mux: Mux = serve(stream, (body) => {
        const { standard, errors } = body as { standard: number; errors: number }
        mux.accept(standard)
        mux.accept(errors)
        return {}
      })
      return [await waiting, stream] as const
    })()
    const program = await link.start({ program: 'p', words: [], files: [] })
    far.destroy()
    expect((await program.ended).because).to.match(/^machine machine-2 is lost/)
    await link.over
    expect(link.isOver).to.equal(true)
    const refusal = await link.clock().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refusal).to.include({ code: 'FABRIC_LOST' })
    expect(String(refusal)).to.match(/machine machine-2 is lost/)
  })

  it('says when the relay listens, and when it is gone', async () => {
    relay.tell({ listening: 4747 })
    await control.listening
    const link = await connected(() => ({}))
    relay.close()
    await control.over
    await link.over
  })
})
