import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Phase } from '../../../suites/framework/evidence.ts'
import {
  noAssociationForFault,
  noServerHelloForFault,
  refusedBeforeApplicationData,
} from '../../../suites/properties/faultRefused.ts'
import type { Connection } from '../../../tools/dissect/trace.ts'
import {
  type ConnectionOverrides,
  connection,
  evidence,
  hop,
  journey,
  plainConnection,
} from '../builders.ts'

const wire = 'ae1-cse1'
const notesOf = (phase: Phase) => ({ testerConnections: [{ wire, port: 9, phase }] })
const withFault = (on: Connection, phase: Phase = 'fault') =>
  evidence({ connections: [on], notes: notesOf(phase) })
const tls = (association: ConnectionOverrides['association']) =>
  connection(wire, { port: 9, association })
const silent = { state: 'failed', applicationRecords: { client: 0, server: 0 } } as const

describe('suites/properties/faultRefused: noAssociationForFault', () => {
  it('holds when the handshake failed', () => {
    expect(noAssociationForFault.check(withFault(tls(silent))).result).to.equal('holds')
  })

  it('is violated by an established association', () => {
    const { result, frames } = noAssociationForFault.check(withFault(tls({})))
    expect(result).to.equal('violated')
    expect(frames).to.have.length(1)
  })

  it('is not observed without a connection with the fault', () => {
    expect(noAssociationForFault.check(evidence()).result).to.equal('not-observed')
    const control = withFault(tls({}), 'control-before')
    expect(noAssociationForFault.check(control).result).to.equal('not-observed')
    const unrecorded = evidence({ notes: notesOf('fault') })
    expect(noAssociationForFault.check(unrecorded).result).to.equal('not-observed')
  })
})

describe('suites/properties/faultRefused: noServerHelloForFault', () => {
  it('holds when nothing was chosen', () => {
    const refused = tls({ ...silent, suite: undefined, version: undefined })
    expect(noServerHelloForFault.check(withFault(refused)).result).to.equal('holds')
  })

  it('is violated by a ServerHello, also when the handshake ends there', () => {
    const { result, because } = noServerHelloForFault.check(withFault(tls(silent)))
    expect(result).to.equal('violated')
    expect(because).to.contain('cse1 chose TLS 1.2 TLS_PSK_WITH_AES_128_CBC_SHA256')
  })

  it('is not observed without a connection with the fault', () => {
    expect(noServerHelloForFault.check(evidence()).result).to.equal('not-observed')
  })
})

describe('suites/properties/faultRefused: refusedBeforeApplicationData', () => {
  const answered = (on: Connection) =>
    evidence({ journeys: [journey('r1', hop({ on }))], notes: notesOf('fault') })

  it('holds when nothing came back', () => {
    const { result, deviation } = refusedBeforeApplicationData.check(withFault(tls(silent)))
    expect([result, deviation]).to.deep.equal(['holds', undefined])
  })

  it('holds with a deviation when it was turned away in clear without a primitive', () => {
    const { result, deviation } = refusedBeforeApplicationData.check(
      withFault(plainConnection(wire, { port: 9 })),
    )
    expect(result).to.equal('holds')
    expect(deviation).to.contain('cse1 answered in clear')
  })

  it('is violated by application data, inside an association or in clear', () => {
    const inside = refusedBeforeApplicationData.check(withFault(tls({})))
    expect(inside.result).to.equal('violated')
    const clear = refusedBeforeApplicationData.check(answered(plainConnection(wire, { port: 9 })))
    expect(clear.result).to.equal('violated')
    expect(clear.frames).to.have.length(1)
  })

  it('is not observed without a connection with the fault', () => {
    expect(refusedBeforeApplicationData.check(evidence()).result).to.equal('not-observed')
  })
})
