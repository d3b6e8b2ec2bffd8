import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { readOutcome, readReceived } from '../../../tools/testSystem/control.ts'

const answered = { outcome: 'response', rqi: 'r1', response: { rsc: 2000, rqi: 'r1', rvi: '3' } }
const lost = { outcome: 'no-response', rqi: 'r1', cause: 'closed', because: 'gone' }

describe('tools/testSystem/control', () => {
  it('takes in how a request ended, as a node tells it', () => {
    expect(readOutcome('n', answered)).to.deep.equal(answered)
    expect(readOutcome('n', lost)).to.deep.equal(lost)
  })

  it('believes no outcome that is none', () => {
    const { rqi: _without, ...anonymous } = answered
    const wrong = [
      null,
      [],
      'response',
      anonymous,
      { ...answered, response: { rqi: 'r1' } },
      { ...answered, response: { rsc: 'fine', rqi: 'r1' } },
      { ...answered, outcome: 'delivered' },
      { ...lost, cause: 'tired' },
    ]
    for (const value of wrong)
      expect(() => readOutcome('n', value), JSON.stringify(value))
        .to.throw(BenchError)
        .with.property('code', 'CONTROL_REFUSED')
  })

  it('takes in received requests, and refuses a list with anything else', () => {
    const request = {
      op: 5,
      to: '/cse2/base/ae2',
      fr: '/cse1/CAE1',
      rqi: 'CAE1/r1',
      rvi: '3',
      pc: {},
    }
    expect(readReceived('n', [request])).to.deep.equal([request])
    for (const value of [null, {}, [request, 5], [{ ...request, op: 9 }]])
      expect(() => readReceived('n', value)).to.throw(BenchError)
  })

  it('throws nothing but its own error, whatever a node says', () => {
    const oneOf = fc.oneof(
      fc.jsonValue(),
      fc.record({
        outcome: fc.constantFrom('response', 'no-response'),
        rqi: fc.string(),
        response: fc.jsonValue(),
        cause: fc.string(),
      }),
    )
    const throwsOnlyOwn = (read: () => unknown) => {
      try {
        read()
      } catch (error) {
        expect(error).to.be.instanceOf(BenchError)
      }
    }
    fc.assert(
      fc.property(oneOf, (value) => {
        throwsOnlyOwn(() => readOutcome('n', value))
        throwsOnlyOwn(() => readReceived('n', [value]))
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})
