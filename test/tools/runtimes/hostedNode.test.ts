import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { NodeEvent } from '../../../nodes/contract.ts'
import { BenchError } from '../../../protocol/errors.ts'
import { awaitHostedNode } from '../../../tools/runtimes/hostedNode.ts'
import type { HostedProgram, ProgramEnd } from '../../../tools/runtimes/nodeHost.ts'

const readyLine = JSON.stringify({
  ...{ node: 'n', atMs: 1, event: 'ready', contractVersion: 1, version: '1', listeners: [] },
})

/** A program that says what a test has it say. */
function fakeProgram() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const { promise: ended, resolve } = Promise.withResolvers<ProgramEnd>()
  const program: HostedProgram = { stdin, stdout, stderr, ended, kill: async () => {} }
  const say = (...lines: string[]) => void stdout.write(lines.map((line) => `${line}\n`).join(''))
  const end = (how: ProgramEnd) => {
    stdout.destroy()
    stderr.end()
    resolve(how)
  }
  return { program, stdin, stderr, say, end }
}

function start() {
  const fake = fakeProgram()
  const events: NodeEvent[] = []
  const secrets: string[] = []
  const giveUp = new AbortController()
  const starting = awaitHostedNode({
    name: 'cse1',
    program: fake.program,
    log: { add: (event) => void events.push(event) },
    onSecret: (line) => void secrets.push(line),
    signal: giveUp.signal,
  })
  const failure = starting.then(
    () => new Error('it came up'),
    (error: unknown) => error,
  )
  return { ...fake, events, secrets, starting, failure, giveUp: () => giveUp.abort() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a node as a hosted program', () => {
  it('is ready when it says so, and everything it says goes where it belongs', async () => {
    const { starting, say, events, secrets } = start()
    say('{"event":"key-log","line":"CLIENT_RANDOM ab cd"}', readyLine)
    const node = await starting
    expect(node.ready).to.include({ event: 'ready', node: 'cse1' })
    say('{"node":"n","atMs":2,"event":"misbehaviour","name":"x"}')
    await turn()
    expect(events.map(({ event, node: name }) => [event, name])).to.deep.equal([
      ['ready', 'cse1'],
      ['misbehaviour', 'cse1'],
    ])
    expect(secrets).to.deep.equal(['CLIENT_RANDOM ab cd'])
  })

  it('gives each command the reply with its number', async () => {
    const { starting, say, stdin } = start()
    say(readyLine)
    const node = await starting
    const [one, two] = [node.control({ do: 'describe' }), node.control({ do: 'resources' })]
    expect(
      String(stdin.read())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).to.deep.equal([
      { id: 1, command: { do: 'describe' } },
      { id: 2, command: { do: 'resources' } },
    ])
    say('{"reply":2,"ok":true,"value":"two"}', '{"reply":7,"ok":true}', '{"reply":null,"ok":true}')
    say('{"reply":1,"ok":false,"code":127,"because":"one"}')
    expect(await two).to.deep.equal({ ok: true, value: 'two' })
    expect(await one).to.deep.equal({ ok: false, code: 127, because: 'one' })
  })

  it('stops when told, and waits for its end', async () => {
    const { starting, say, stdin, end, events } = start()
    say(readyLine)
    const node = await starting
    let isOver = false
    const stopping = node.stop().then(() => {
      isOver = true
    })
    await turn()
    expect(String(stdin.read())).to.contain('"do":"stop"')
    say('{"reply":1,"ok":true,"value":null}')
    await turn()
    expect(isOver).to.equal(false)
    end({ code: 0, because: 'exit code 0' })
    await stopping
    expect(stdin.writableEnded).to.equal(true)
    expect(events.map(({ event }) => event)).to.deep.equal(['ready'])
  })

  it('is given up at garbage in the place of its ready line, which is shown', async () => {
    const { failure, say } = start()
    say('Listening on port 8080')
    expect(await failure)
      .to.be.instanceOf(BenchError)
      .with.property('code', 'NODE_START_FAILED')
    expect(String(await failure)).to.contain('"Listening on port 8080" is no JSON object')
  })

  it('only notes garbage that comes later', async () => {
    const { starting, say, events } = start()
    say(readyLine)
    const node = await starting
    say('oops', 'x'.repeat(17 * 1024 * 1024))
    await turn()
    const noted = events.flatMap((event) => (event.event === 'error' ? [event.because] : []))
    expect(noted).to.have.length(2)
    expect(noted[0]).to.contain('"oops"')
    const reply = node.control({ do: 'describe' })
    say('{"reply":1,"ok":true,"value":1}')
    expect(await reply).to.include({ ok: true })
  })

  const ends = [
    { code: 2, expected: 'NODE_CONFIGURATION_INVALID' },
    { code: 127, expected: 'UNSUPPORTED' },
    { code: 1, expected: 'NODE_START_FAILED' },
    { code: 0, expected: 'NODE_START_FAILED' },
  ]
  for (const { code, expected } of ends) {
    it(`fails with ${expected} when it ends with ${code} before it is ready`, async () => {
      const { failure, end, stderr } = start()
      stderr.write('what was wrong\n')
      await turn()
      end({ code, because: `exit code ${code}` })
      expect(await failure).to.have.property('code', expected)
      expect(String(await failure)).to.match(/exit code \d+\):\nwhat was wrong$/)
    })
  }

  it('answers for a program that is gone', async () => {
    const { starting, say, end, events } = start()
    say(readyLine)
    const node = await starting
    const asked = node.control({ do: 'describe' })
    end({ because: 'killed (out of memory)' })
    expect(await asked).to.deep.include({ ok: false, code: 1 })
    expect(await node.control({ do: 'describe' })).to.nested.include({ ok: false, code: 1 })
    expect(events.at(-1)).to.have.property('because').that.contains('killed (out of memory)')
    await node.stop()
  })

  it('is not waited for any longer when it is given up', async () => {
    const { failure, giveUp } = start()
    giveUp()
    expect(await failure).to.have.property('code', 'INTERRUPTED')
  })
})
