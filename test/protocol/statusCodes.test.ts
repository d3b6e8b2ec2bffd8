import { expect } from 'chai'
import { describe, it } from 'mocha'
import { httpStatusOf, isSuccess, statusCodes, statusOf } from '../../protocol/statusCodes.ts'

describe('response status codes (TS-0004 6.6.3)', () => {
  it('has every code once, each with a mapping of its class', () => {
    expect(statusCodes.length).to.equal(81)
    expect(new Set(statusCodes.map((row) => row.rsc)).size).to.equal(statusCodes.length)
    expect(new Set(statusCodes.map((row) => row.name)).size).to.equal(statusCodes.length)
    for (const row of statusCodes) {
      expect(statusOf(row.rsc)).to.equal(row)
      expect(httpStatusOf(row.rsc)).to.equal(row.http)
      expect(row.http < 300, row.name).to.equal(row.rsc < 4000)
      expect(isSuccess(row.rsc), row.name).to.equal(row.rsc >= 2000 && row.rsc < 3000)
      // CoAP 4.02 and 4.15 have no fellow in HTTP; the class is the same in both.
      if (row.coap !== undefined) {
        expect(row.coap.startsWith(String(Math.floor(row.http / 100))), row.name).to.equal(true)
      }
    }
  })

  const mapped: readonly (readonly [rsc: number, name: string, http: number, coap: string])[] = [
    [2001, 'CREATED', 201, '2.01'],
    [4004, 'NOT_FOUND', 404, '4.04'],
    [4008, 'REQUEST_TIMEOUT', 504, '5.04'],
    [4103, 'ORIGINATOR_HAS_NO_PRIVILEGE', 403, '4.03'],
    [4105, 'CONFLICT', 409, '4.03'],
    [4106, 'ORIGINATOR_NOT_AUTHENTICATED', 403, '4.03'],
    [4107, 'SECURITY_ASSOCIATION_REQUIRED', 403, '4.03'],
    [4126, 'APP_RULE_VALIDATION_FAILED', 403, '4.03'],
    [5001, 'NOT_IMPLEMENTED', 501, '5.01'],
    [5103, 'TARGET_NOT_REACHABLE', 404, '4.04'],
    [5207, 'NOT_ACCEPTABLE', 406, '4.06'],
  ]
  for (const [rsc, name, http, coap] of mapped) {
    it(`maps ${rsc} to ${name}, HTTP ${http}, CoAP ${coap}`, () => {
      expect(statusOf(rsc)).to.deep.equal({ rsc, name, http, coap })
    })
  }

  it('maps a code it does not know by its class', () => {
    expect([1999, 2999, 4999, 5999, 9999].map(httpStatusOf)).to.deep.equal([
      202, 200, 400, 500, 500,
    ])
    expect(statusOf(4999)).to.equal(undefined)
    expect(isSuccess(1000)).to.equal(false)
  })
})
