import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { parseConfiguration } from '../../nodes/configuration/parse.ts'
import type { NodeConfiguration } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import { loopback, node, suite } from './network.ts'

const credential = { id: 'kpsa-1@sp.example', keyFile: '/keys/1', peer: '//sp.example/cse2' }
const security = { saef: 'psk', suites: [suite], credential } as const
const registrar = {
  cseId: '/cse2',
  cseBaseName: 'base',
  pointOfAccess: 'https://127.0.0.1:1',
  security,
  autoRegister: true,
} as const

const sound: NodeConfiguration = node('cse1', 'mn', {
  cse: {
    cseId: '/cse1',
    name: 'base',
    listener: {
      address: loopback,
      port: 0,
      binding: 'http',
      security: { saef: 'psk', suites: [suite], credentials: [credential] },
    },
    pointsOfAccess: [],
    registrar,
    registrees: [{ id: '//sp.example/cse1/CAE1', security }],
    appRules: [{ credentialIds: ['12-*'], appIds: ['N*'], aeIds: ['C*'] }],
  },
  aes: [{ name: 'AE1', aeIdStem: 'CAE1', appId: 'Nx', resourceName: 'ae1', registrar }],
})

function refusal(configuration: unknown): BenchError {
  try {
    parseConfiguration(JSON.stringify(configuration))
  } catch (error) {
    if (error instanceof BenchError) return error
    throw error
  }
  throw new Error('was accepted')
}

/** The sound configuration with the value at a dotted path replaced. */
function changed(path: string, value: unknown): unknown {
  // Through JSON: a structured clone would keep objects shared that stand in several places.
  const copy = JSON.parse(JSON.stringify(sound)) as Record<string, unknown>
  const names = path.split('.')
  const last = names.pop() ?? ''
  let at = copy
  for (const name of names) at = at[name] as Record<string, unknown>
  at[last] = value
  return copy
}

describe('parseConfiguration', () => {
  it('gives back a sound configuration as it is', () => {
    expect(parseConfiguration(JSON.stringify(sound))).to.deep.equal(sound)
  })

  const wrong: [path: string, value: unknown, named: string][] = [
    ['colour', 'red', 'colour'],
    ['cse.listener.security.tickets', true, 'cse.listener.security.tickets'],
    ['seed', -1, 'seed'],
    ['seed', '1', 'seed'],
    ['spId', '//sp.example', 'spId'],
    ['address', 'localhost', 'address'],
    ['cse.cseId', 'cse1', 'cse.cseId'],
    ['cse.listener.port', 65536, 'cse.listener.port'],
    ['cse.registrees.0.id', '/cse1/CAE1', 'cse.registrees[0].id'],
    ['cse.registrar.pointOfAccess', 'ftp://127.0.0.1:1', 'cse.registrar.pointOfAccess'],
    ['cse.registrar.security.credential.id', 'no issuer', 'cse.registrar.security.credential.id'],
    ['cse.registrar.autoRegister', 'yes', 'cse.registrar.autoRegister'],
    ['aes.0.aeIdStem', 'XAE', 'aes[0].aeIdStem'],
    ['aes.0.name', 'cse', 'aes[0].name'],
    ['aes.0.pointOfAccess', 'http://127.0.0.1:1', 'aes[0]'],
    ['control', { address: '10.0.0.1', port: 0, tokenFile: 't' }, 'control.address'],
    ['answerTimeoutMs', 0, 'answerTimeoutMs'],
  ]
  for (const [path, value, named] of wrong) {
    it(`refuses ${JSON.stringify(value)} for ${path} and names the path`, () => {
      const error = refusal(changed(path, value))
      expect(error.code).to.equal('NODE_CONFIGURATION_INVALID')
      expect(error.message).to.match(new RegExp(`^${named.replace(/[[\].]/g, '\\$&')}: `))
      expect(error.remedy).to.not.equal('')
    })
  }

  it('lists everything that is wrong at once', () => {
    const error = refusal({ ...sound, seed: 'x', colour: 1, address: 5 })
    expect(error.message.split('\n')).to.have.length(3)
  })

  it('tells what it does not have from what is malformed', () => {
    expect(refusal(changed('cse.listener.binding', 'coap')).code).to.equal('UNSUPPORTED')
    expect(refusal(changed('cse.listener.security.suites', ['TLS_X'])).code).to.equal('UNSUPPORTED')
    expect(refusal(changed('contractVersion', 2)).code).to.equal('UNSUPPORTED')
    expect(refusal({ ...sound, kind: 'maf', seed: 'x' }).code).to.equal(
      'NODE_CONFIGURATION_INVALID',
    )
  })

  it('refuses a node without any entity', () => {
    const { cse: _cse, ...rest } = sound
    expect(refusal({ ...rest, aes: [] }).message).to.match(/neither CSE nor AE/)
  })

  it('throws nothing but its own errors, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          parseConfiguration(text)
        } catch (error) {
          expect(error).to.be.instanceOf(BenchError)
        }
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})
