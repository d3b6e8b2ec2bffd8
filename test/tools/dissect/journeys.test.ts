import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { RequestPrimitive } from '../../../protocol/primitive.ts'
import { draftConnection } from '../../../tools/dissect/connection.ts'
import { type AnsweredRequest, traceJourneys } from '../../../tools/dissect/journeys.ts'
import type { TracedPrimitive } from '../../../tools/dissect/trace.ts'

let clock = 0

/** A request from one node to the next; later calls are later in time. */
function sent(
  from: string,
  to: string,
  request: Partial<RequestPrimitive>,
  answered = true,
): AnsweredRequest {
  clock += 2
  const wire = `${from}-${to}`
  const frame = { wire, frame: clock }
  const connection = draftConnection({
    ...{ id: clock, wire, transport: 'tcp', opening: frame, openedAtMs: clock },
    client: { address: '127.0.0.1', port: 1, node: from },
    server: { address: '127.0.0.2', port: 2, node: to },
  })
  const traced = (kind: 'request' | 'response', atMs: number): TracedPrimitive => ({
    ...{ kind, wire, connection, atMs, frames: [frame], protected: false, body: new Uint8Array() },
    ...(kind === 'request' ? { from, to } : { from: to, to: from }),
    bindingSummary: '',
  })
  const primitive: RequestPrimitive = { op: 2, to: '/cse2/base', rqi: '1', ...request }
  return {
    request: { ...traced('request', clock), request: primitive },
    response: answered ? traced('response', clock + 1) : undefined,
  }
}

function paths(...requests: AnsweredRequest[]): string[] {
  return traceJourneys(requests).map(
    ({ rqi, hops }) =>
      `${rqi}: ${hops.map(({ from, to, response }) => `${from}>${to}${response ? '' : '?'}`).join(' ')}`,
  )
}

describe('journeys', () => {
  it('follow a request behind the prefix of the registrar', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
        sent('cse2', 'cse3', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }, false),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2 cse2>cse3?'])
  })

  it('follow a request whose registrar forgot the prefix, or rewrote From', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1' }),
        sent('ae1', 'cse1', { fr: 'CAE1', rqi: '2' }),
        sent('cse1', 'cse2', { fr: '/cse1', rqi: 'CAE1/2' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '2: ae1>cse1 cse1>cse2'])
  })

  it('follow a notification to where its target is registered', () => {
    expect(
      paths(
        sent('cse1', 'cse2', { op: 5, fr: '/cse1/CAE1', rqi: 'CAE1/1', to: '/cse2/CAE2' }),
        sent('cse2', 'ae2', { op: 5, fr: '/cse1/CAE1', rqi: 'CAE1/1', to: '' }),
      ),
    ).to.deep.equal(['CAE1/1: cse1>cse2 cse2>ae2'])
  })

  it('keep two originators at one registrar apart although their identifiers are the same', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('ae3', 'cse1', { fr: 'CAE3' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE3', rqi: 'CAE3/1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae3>cse1 cse1>cse2'])
  })

  it('keep two originators apart when their registrar does not prefix either', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('ae3', 'cse1', { fr: 'CAE3' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE3' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae3>cse1 cse1>cse2'])
  })

  it('keep them apart in whatever order their registrar passes them on', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('ae3', 'cse1', { fr: 'CAE3' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1' }),
        sent('cse1', 'cse3', { fr: '/cse1/CAE3' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae3>cse1 cse1>cse3'])
  })

  it('keep originators at different registrars apart', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('ae2', 'cse2', { fr: 'CAE2' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae2>cse2'])
  })

  it('do not take a request of the node itself for one it passes on', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { op: 1, fr: 'CAE1', to: '/cse1/base' }),
        sent('cse1', 'cse2', { op: 1, fr: '/cse1', to: '/cse2/base' }),
        sent('cse1', 'cse2', { op: 2, fr: '/cse1/CAE1', to: '/cse1/base' }),
      ),
    ).to.deep.equal(['1: ae1>cse1', '1: cse1>cse2', '1: cse1>cse2'])
  })

  it('do not go back in time', () => {
    const later = sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' })
    expect(paths(later, sent('ae1', 'cse1', { fr: 'CAE1' }))).to.deep.equal([
      'CAE1/1: cse1>cse2',
      '1: ae1>cse1',
    ])
  })

  it('show a request sent on twice as two hops', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2 cse1>cse2'])
  })

  it('give each of two equal requests its own next hop', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae1>cse1 cse1>cse2'])
  })

  it('give a repeated request a journey of its own', () => {
    expect(
      paths(
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
        sent('ae1', 'cse1', { fr: 'CAE1' }),
        sent('cse1', 'cse2', { fr: '/cse1/CAE1', rqi: 'CAE1/1' }),
      ),
    ).to.deep.equal(['1: ae1>cse1 cse1>cse2', '1: ae1>cse1 cse1>cse2'])
  })
})
