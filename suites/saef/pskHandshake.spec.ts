/**
 * SAEF with provisioned symmetric keys, registrar's side of the handshake: who is refused before a single byte of the
 * service layer (TS-0003 8.2.2.1, 10.2.1, 10.2.2).
 *
 * Topology: reference; the tester takes AE1's place on its wire towards CSE1.
 * Left out: resumption, renegotiation and psk_identity_hint, about which the profile says nothing; alerts are not graded,
 * because no clause names them. RFC 4279 leaves open which one a wrong key gets.
 * A key that nobody has and a key of somebody else are each shown several times: a server that tries other keys after a
 * failure is caught as well.
 */
import { assert } from 'chai'
import { attempt, expectServed, expectShutOut } from '../framework/attempts.ts'
import { purpose } from '../framework/catalogue.ts'
import { kpsaIdOf } from '../framework/planned.ts'
import type { TesterCredential, TestSystem } from '../framework/testSystem.ts'
import {
  noAssociationForFault,
  noServerHelloForFault,
  refusedBeforeApplicationData,
} from '../properties/faultRefused.ts'
import { versionAndSuiteAllowed } from '../properties/versionAndSuiteAllowed.ts'

const wire = 'ae1-cse1'
const profileSuite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'

const common = {
  asset: 'authentication',
  framework: 'SAEF/PSK',
  behaviour: 'BI',
  profile: 'ci',
  selection: 'ICS_REGISTRAR_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
  properties: [noAssociationForFault, refusedBeforeApplicationData, versionAndSuiteAllowed],
} as const

/** The same connection and request with and without the fault. */
function connecting(
  who: string,
  fault: TesterCredential | ((tester: TestSystem) => TesterCredential),
) {
  return {
    stimulus: (tester: TestSystem, faulty: boolean) => {
      const credential = typeof fault === 'function' ? fault(tester) : fault
      return attempt(tester, wire, faulty ? credential : {})
    },
    control: expectServed,
    judge: (observed: Parameters<typeof expectServed>[0]) => expectShutOut(observed, who),
  }
}

/** As many tries as a server would need that goes through other keys after a failed handshake. */
function trying(who: string, tries: number, fault: (tester: TestSystem) => TesterCredential) {
  return {
    ...connecting(who, fault),
    stimulus: async (tester: TestSystem, faulty: boolean) => {
      if (!faulty) return attempt(tester, wire)
      for (let left = tries; left > 1; left--) {
        const observed = await attempt(tester, wire, fault(tester))
        if (observed.connection.outcome === 'connected') return observed
      }
      return attempt(tester, wire, fault(tester))
    },
  }
}

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/002',
  title: 'a registrar CSE refuses a known identity with a wrong key',
  objective: 'Whoever does not hold Kpsa gets no association, also when it comes again.',
  requirement: 'TS-0003 8.2.2.1',
  profile: 'smoke',
  mutants: [{ misbehaviour: 'tries-other-keys' }],
  ...trying('a peer with a key of zeros', 3, () => ({ key: '00'.repeat(32) })),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/003',
  title: 'a registrar CSE refuses an identity it was never provisioned with',
  objective: 'A provisioned key does not make an unknown identity known.',
  requirement: 'TS-0003 8.2.2.1',
  mutants: [{ misbehaviour: 'psk-identity-ignored' }],
  ...connecting('a peer with an unknown identity', ({ plan }) => ({
    pskIdentity: `kpsa-nobody@${plan.spId}`,
  })),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/004',
  title: "a registrar CSE refuses another registree's identity with a registree's own key",
  objective:
    'Each KpsaID goes with its own Kpsa: the key of AE1 does not open the identity of AE3.',
  requirement: 'TS-0003 8.2.2.1',
  topology: { file: 'neighbours.yaml' },
  mutants: [{ misbehaviour: 'tries-other-keys' }],
  ...trying("a peer with AE3's identity and AE1's key", 4, ({ plan }) => ({
    as: 'AE1',
    pskIdentity: kpsaIdOf(plan, 'AE3'),
  })),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/005',
  title: 'a registrar CSE answers nothing on its secured port without TLS',
  objective: 'Plain HTTP on the secured port gets no answer of the service layer.',
  requirement: 'TS-0003 6.1.2.2.1',
  asset: 'content confidentiality',
  mutants: [{ misbehaviour: 'plaintext-accepted' }],
  ...connecting('a peer without TLS', { protection: 'none' }),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/006',
  title: 'a registrar CSE refuses TLS 1.0 and TLS 1.1',
  objective:
    'The profile is TLS 1.2; a peer that offers only earlier versions gets no association.',
  requirement: 'TS-0003 10.2.1',
  properties: [...common.properties, noServerHelloForFault],
  mutants: [{ misbehaviour: 'old-versions-accepted' }],
  ...connecting('a peer with TLS 1.0 and 1.1', {
    minVersion: 'TLS 1.0',
    maxVersion: 'TLS 1.1',
    suites: [profileSuite, 'TLS_PSK_WITH_AES_128_CBC_SHA'],
  }),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/007',
  title: 'a registrar CSE refuses suites without encryption',
  objective: 'A PSK suite with NULL encryption would authenticate and protect nothing.',
  requirement: 'TS-0003 10.2.2',
  asset: 'content confidentiality',
  properties: [...common.properties, noServerHelloForFault],
  mutants: [{ misbehaviour: 'weak-suites-accepted' }],
  ...connecting('a peer with NULL suites', {
    suites: ['TLS_PSK_WITH_NULL_SHA256', 'TLS_PSK_WITH_NULL_SHA'],
  }),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/008',
  title: 'a registrar CSE refuses anonymous suites',
  objective: 'An anonymous key agreement encrypts for nobody in particular.',
  requirement: 'TS-0003 10.2.2',
  properties: [...common.properties, noServerHelloForFault],
  mutants: [{ misbehaviour: 'weak-suites-accepted' }],
  ...connecting('a peer with anonymous suites', {
    suites: ['TLS_DH_anon_WITH_AES_128_CBC_SHA256', 'TLS_DH_anon_WITH_AES_128_CBC_SHA'],
  }),
})

/** TLS_RSA_EXPORT_WITH_RC4_40_MD5, TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, TLS_DH_anon_EXPORT_WITH_RC4_40_MD5. */
const exportSuites = [0x0003, 0x0008, 0x0017]

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/009',
  title: 'a registrar CSE refuses export suites',
  objective: 'No TLS library offers them any more: the ClientHello is written by hand.',
  requirement: 'TS-0003 10.2.2',
  asset: 'content confidentiality',
  properties: [noServerHelloForFault, refusedBeforeApplicationData],
  mutants: [{ misbehaviour: 'any-suite-accepted' }],
  stimulus: (tester, fault) =>
    tester.link(wire).hello({ version: 0x0303, suites: fault ? exportSuites : [0x00ae] }),
  control: (observed) => {
    assert.deepInclude(observed, { answer: 'server-hello', suite: 0x00ae })
  },
  judge: (observed) => {
    assert.notEqual(observed.answer, 'server-hello', 'a ClientHello with export suites only')
    if (observed.answer === 'alert') return undefined
    return {
      grade: 'conceptual',
      because: 'the connection ends without the alert that RFC 5246 7.4.1.3 asks for',
    }
  },
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/010',
  title: 'a registrar CSE refuses a PSK suite outside the profile',
  objective: 'TLS_PSK_WITH_AES_128_CBC_SHA has the right key and the wrong MAC.',
  requirement: 'TS-0003 10.2.2',
  properties: [...common.properties, noServerHelloForFault],
  mutants: [{ misbehaviour: 'outside-profile-suites-accepted' }],
  ...connecting('a peer with a suite outside the profile', {
    suites: ['TLS_PSK_WITH_AES_128_CBC_SHA'],
  }),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/011',
  title: 'a registrar CSE refuses a peer that asks for a certificate and shows no credential',
  objective: 'An association that authenticates the registrar only is none: both ends hold Kpsa.',
  requirement: 'TS-0003 8.2.1',
  properties: [...common.properties, noServerHelloForFault],
  mutants: [{ misbehaviour: 'no-mutual-authentication' }],
  ...connecting('a peer without credential', {
    suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  }),
})
