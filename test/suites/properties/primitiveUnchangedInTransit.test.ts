import { expect } from 'chai'
import { describe, it } from 'mocha'
import { primitiveUnchangedInTransit as property } from '../../../suites/properties/primitiveUnchangedInTransit.ts'
import type { Journey } from '../../../tools/dissect/trace.ts'
import { connection, evidence, expectedForwarding, forwarded, hop, journey } from '../builders.ts'

const checked = (seen: Journey) =>
  property.check(evidence({ notes: { expectedJourneys: [expectedForwarding] }, journeys: [seen] }))
const content = { 'm2m:cin': { con: 'a "quoted" value', cnf: 'text/plain:0' } }

describe('suites/properties/primitiveUnchangedInTransit', () => {
  it('holds when only From and the request identifier change', () => {
    expect(checked(forwarded({ request: { pc: content } })).result).to.equal('holds')
  })

  it('holds whatever the order of members', () => {
    const turned = { 'm2m:cin': { cnf: 'text/plain:0', con: 'a "quoted" value' } }
    const seen = forwarded({ request: { pc: content } }, { request: { pc: turned } })
    expect(checked(seen).result).to.equal('holds')
  })

  it('holds for From in absolute form and a release version that was added', () => {
    const seen = forwarded(
      { request: { rvi: undefined } },
      { request: { fr: '//sp.example/cse1/CAE1', rvi: '1' } },
    )
    expect(checked(seen).result).to.equal('holds')
  })

  it('holds for the point of access as target of the last hop to an AE', () => {
    const seen = journey(
      'r1',
      hop({ on: connection('cse1-cse2'), request: { to: '/cse2/CAE2', fr: '/cse1' } }),
      hop({
        on: connection('ae2-cse2', { from: 'cse2', to: 'ae2' }),
        request: { to: '/', fr: '/cse1' },
      }),
    )
    expect(checked(seen).result).to.equal('holds')
  })

  const changes = [
    [
      'a value of the content',
      { pc: { 'm2m:cin': { con: 'a "quoted" valuf', cnf: 'text/plain:0' } } },
    ],
    ['a member added', { pc: { 'm2m:cin': { ...content['m2m:cin'], lbl: [] } } }],
    ['a member lost', { pc: { 'm2m:cin': { con: 'a "quoted" value' } } }],
    ['no content any more', { pc: undefined }],
    ['another originator', { fr: '/cse1' }],
    ['another CSE in From', { fr: '/cse2/CAE1' }],
    ['no originator', { fr: undefined }],
    ['another target', { to: '/cse2/other' }],
    ['another operation', { op: 4 }],
    ['another request', { rqi: 'CAE1/r2' }],
    ['two prefixes', { rqi: 'cse1/CAE1/r1' }],
    ['an added parameter', { rqet: '20300101T000000' }],
    ['a downgraded release version', { rvi: '2a' }],
  ] as const
  for (const [what, request] of changes) {
    it(`is violated by ${what}`, () => {
      const seen = forwarded(
        { request: { pc: content } },
        { request: { pc: content, ...request } as never },
      )
      const { result, frames } = checked(seen)
      expect(result).to.equal('violated')
      expect(frames).to.have.length(2)
    })
  }

  it('is violated by a rewritten status code', () => {
    const { result, because } = checked(forwarded({}, { response: { rsc: 4103 } }))
    expect(result).to.equal('violated')
    expect(because).to.contain('changes rsc of the answer: 4103 to 2000')
  })

  it('is violated by rewritten content of the answer', () => {
    const seen = forwarded({ response: { pc: { a: 1 } } }, { response: { pc: { a: '1' } } })
    expect(checked(seen).result).to.equal('violated')
  })

  it('is violated by success without an answer, but not by an error', () => {
    expect(checked(forwarded({}, { response: null })).result).to.equal('violated')
    const honest = forwarded({ response: { rsc: 5103 } }, { response: null })
    expect(checked(honest).result).to.equal('holds')
  })

  it('is not observed when nothing was passed on', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked(journey('r1', hop({ on: connection('ae1-cse1') }))).result).to.equal(
      'not-observed',
    )
  })
})
