/**
 * Impersonation prevention at the registrar: an association that is in order, and a From that is somebody else's
 * (TS-0003 7.2.1, TS-0004 7.3.2.1).
 *
 * Topology: neighbours, which has two AEs below CSE1 and two CSEs below CSE2; the tester takes the place of one of a pair.
 * Left out: associations that stand for a node with several AEs; they come with device certificates.
 */
import { type Attempt, attempt, baseRequest, expectServed } from '../framework/attempts.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal } from '../framework/outcomes.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { Inconclusive } from '../framework/verdict.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { versionAndSuiteAllowed } from '../properties/versionAndSuiteAllowed.ts'

const common = {
  asset: 'authentication',
  framework: 'SAEF/PSK',
  behaviour: 'BI',
  profile: 'ci',
  requirement: 'TS-0003 7.2.1',
  selection: 'ICS_REGISTRAR_CSE and ICS_SAEF_PSK_TLS',
  topology: { file: 'neighbours.yaml' },
  properties: [fromMatchesAuthenticatedIdentity, versionAndSuiteAllowed],
  mutants: [{ misbehaviour: 'no-credential-to-origin-binding' }],
} as const

/** The registree of the wire retrieves the CSEBase of its registrar, under its own name and under another. */
function claiming(wire: string, name: string) {
  return {
    stimulus: (tester: TestSystem, fault: boolean) => {
      const request = baseRequest(tester, wire)
      return attempt(tester, wire, {}, fault ? { ...request, fr: name } : request)
    },
    control: expectServed,
    judge: ({ answer }: Attempt) => {
      if (answer === undefined) throw new Inconclusive('no association for the honest credential')
      return expectRefusal(answer, { rsc: 4106 }, `From ${name} over the association of ${wire}`)
    },
  }
}

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/012',
  title: "a registrar CSE refuses another registree's AE-ID in From",
  objective:
    "AE1's association carries no requests of AE3, although AE3 is registered with the same CSE.",
  profile: 'smoke',
  iut: { role: 'registrarCse', node: 'cse1' },
  ...claiming('ae1-cse1', 'CAE3'),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/013',
  title: "a registrar CSE refuses another registree's CSE-ID in From",
  objective:
    "CSE1's association carries no requests of CSE3, although CSE3 is registered with the same CSE.",
  iut: { role: 'registrarCse', node: 'cse2' },
  ...claiming('cse1-cse2', '/cse3'),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/014',
  title: 'a registrar CSE refuses a bare AE-ID-Stem over the association of a CSE',
  objective: 'AE2 is registered with CSE2; CSE1 cannot speak as AE2 by leaving the CSE-ID out.',
  iut: { role: 'registrarCse', node: 'cse2' },
  ...claiming('cse1-cse2', 'CAE2'),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/015',
  title: 'a registrar CSE refuses an AE of another registree CSE in From',
  objective: "CSE1's association carries no requests of AEs below CSE3.",
  iut: { role: 'registrarCse', node: 'cse2' },
  ...claiming('cse1-cse2', '/cse3/CAE9'),
})
