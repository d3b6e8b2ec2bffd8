import { AssertionError, expect } from 'chai'
import { describe, it } from 'mocha'
import type { NoResponseCause, RequestOutcome } from '../../../protocol/exchange.ts'
import {
  expectNoAnswer,
  expectRefusal,
  expectStatus,
  expectSuccess,
  inWords,
  needSuccess,
} from '../../../suites/framework/outcomes.ts'
import { Inconclusive } from '../../../suites/framework/verdict.ts'

const answered = (rsc: number): RequestOutcome => ({
  outcome: 'response',
  rqi: 'r1',
  response: { rsc, rqi: 'r1' },
})
const lost = (cause: NoResponseCause, because = 'gone'): RequestOutcome => ({
  outcome: 'no-response',
  rqi: 'r1',
  cause,
  because,
})

describe('suites/framework/outcomes', () => {
  it('takes exactly the expected code, or any success', () => {
    expect(expectStatus(answered(2001), 2001, 'it').rsc).to.equal(2001)
    expect(() => expectStatus(answered(2000), 2001, 'it')).to.throw(AssertionError, '2000 OK')
    expect(() => expectStatus(lost('closed'), 2001, 'it')).to.throw(AssertionError, 'gone')
    expect(expectSuccess(answered(2004), 'it').rsc).to.equal(2004)
    expect(() => expectSuccess(answered(1000), 'it')).to.throw(AssertionError)
    expect(() => expectSuccess(answered(4103), 'it')).to.throw(AssertionError)
  })

  it('calls failing set-up inconclusive, never a fault of the IUT', () => {
    expect(needSuccess(answered(2000), 'it').rsc).to.equal(2000)
    expect(() => needSuccess(answered(4103), 'it')).to.throw(Inconclusive, '4103')
    expect(() => needSuccess(lost('timeout'), 'it')).to.throw(Inconclusive)
  })

  it('grades the code of a refusal, and takes no other refusal for it', () => {
    const codes = { rsc: 4117, conceptual: [4105] }
    expect(expectRefusal(answered(4117), codes, 'it')).to.equal(undefined)
    expect(expectRefusal(answered(4105), codes, 'it')).to.include({ grade: 'conceptual' })
    for (const outcome of [answered(2001), answered(4103), lost('closed')])
      expect(() => expectRefusal(outcome, codes, 'it')).to.throw(AssertionError)
  })

  it('takes an end without answer for no answer, and leaves silence open', () => {
    for (const cause of ['unreachable', 'handshake', 'closed', 'malformed'] as const)
      expect(() => expectNoAnswer(lost(cause), 'it')).to.not.throw()
    expect(() => expectNoAnswer(answered(4103), 'it')).to.throw(AssertionError)
    expect(() => expectNoAnswer(lost('timeout'), 'it')).to.throw(Inconclusive)
  })

  it('leaves addresses of the TLS library out of reasons, so that they repeat', () => {
    const because =
      'write EPROTO 40BD4A:error:0A00045B:SSL routines:ssl3_read_bytes:tlsv1 alert unknown psk identity:rec.c:918:x\n'
    expect(inWords(lost('handshake', because))).to.equal(
      'no response (handshake: tlsv1 alert unknown psk identity)',
    )
  })
})
