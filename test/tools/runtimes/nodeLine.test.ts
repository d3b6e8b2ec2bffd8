import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { readNodeLine } from '../../../tools/runtimes/nodeLine.ts'

const read = (line: unknown) => readNodeLine(JSON.stringify(line), 'cse1')
const stamp = { node: 'cse1', atMs: 1 }

const events = [
  { event: 'ready', contractVersion: 1, version: '1', listeners: [] },
  { event: 'registered', entity: 'cse', registrar: '/cse2', rsc: 2001 },
  { event: 'registration-failed', entity: 'cse', registrar: '/cse2', because: 'refused' },
  { event: 'association', role: 'client', peer: '//x', pskIdentity: 'k', suite: 's', version: 'v' },
  { event: 'association-failed', role: 'server', because: 'alert' },
  ...['request', 'response', 'forward', 'notify'].map((event) => ({
    ...{ event, entity: 'cse', op: 2, from: 'C', to: '/cse1', rqi: '1' },
  })),
  { event: 'decision', entity: 'cse', rqi: '1', granted: false, because: 'rule' },
  { event: 'misbehaviour', name: 'x' },
  { event: 'load-ended', entity: 'AE1', state: 'complete' },
  { event: 'error', because: 'x' },
  { event: 'stopped' },
]

describe('readNodeLine', () => {
  it('takes every event of the contract, under the name the node has in the plan', () => {
    for (const event of events) {
      const line = read({ ...stamp, node: 'somebody else', ...event })
      expect(line, event.event).to.deep.equal({ kind: 'event', event: { ...stamp, ...event } })
    }
  })

  it('takes no event without what it has in any case', () => {
    for (const event of events) {
      const needed = Object.keys(event).filter((name) => !['rsc', 'event'].includes(name))
      for (const name of event.event === 'registration-failed' ? needed.slice(0, 2) : needed) {
        for (const instead of [undefined, null, {}]) {
          const line = read({ ...stamp, ...event, [name]: instead })
          expect(line.kind, `${event.event} ${name}`).to.equal('nonsense')
        }
      }
      expect(read({ node: 'cse1', ...event }).kind).to.equal('nonsense')
    }
  })

  it('tells secrets and replies from events', () => {
    expect(read({ event: 'key-log', line: 'CLIENT_RANDOM ab cd' })).to.deep.equal({
      kind: 'secret',
      line: 'CLIENT_RANDOM ab cd',
    })
    expect(read({ reply: 3, ok: true, value: [1] })).to.deep.equal({
      kind: 'reply',
      reply: { reply: 3, ok: true, value: [1] },
    })
    expect(read({ reply: null, ok: false, code: 2, because: 'x' })).to.have.property(
      'kind',
      'reply',
    )
    for (const reply of [
      { reply: 1 },
      { reply: 1.5, ok: true },
      { reply: 1, ok: false, code: 3 },
      { reply: 'a', ok: true },
    ]) {
      expect(read(reply).kind, JSON.stringify(reply)).to.equal('nonsense')
    }
  })

  it('repeats no key of what it does not understand', () => {
    const key = 'deadbeef'.repeat(8)
    const line = readNodeLine(`{"event":"key-log","line":"CLIENT_RANDOM ${key} ${key}`, 'cse1')
    expect(line.kind).to.equal('nonsense')
    expect(JSON.stringify(line)).not.to.contain('deadbeef')
  })

  it('survives anything', () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          event: fc.constantFrom('ready', 'request', 'key-log', 'constructor', '__proto__'),
          atMs: fc.anything(),
          entity: fc.anything(),
          reply: fc.anything(),
        })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(line, (text) => {
        const found = readNodeLine(text, 'cse1')
        expect(['event', 'reply', 'secret', 'nonsense']).to.include(found.kind)
      }),
      { numRuns: 2000 },
    )
  })
})
