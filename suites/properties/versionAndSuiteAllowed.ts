/** What was negotiated is what the profile names; stronger is a deviation, anything else a breach. */
import { judge, profileOf, type SecurityProfile } from '../../protocol/security/profiles.ts'
import type { Connection } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { breach, counted, holds, notObserved, violated } from './result.ts'
import { handshakeFrame, isSecured, testerPhase } from './views.ts'

export const versionAndSuiteAllowed: Property = {
  name: 'version-and-suite-allowed',
  claim: 'Every association that is established has a version and cipher suite of the profile.',
  requirement: profileOf('SAEF/PSK', 'tcp').requirement,
  check: (evidence) => {
    const judged = establishedOf(evidence).map(judgeConnection)
    const breaches = judged.filter(({ judgement }) => judgement === 'breach')
    if (breaches.length > 0) {
      return violated(
        breaches.map(({ connection, what }) =>
          breach(what, handshakeFrame(connection, 'server_hello')),
        ),
      )
    }
    if (judged.length === 0) return notObserved('no association was established')
    const deviations = judged
      .filter(({ judgement }) => judgement === 'deviation')
      .map(({ what }) => `${what}, stronger than the profile`)
    const suites = [...new Set(judged.map(({ negotiated }) => negotiated))].join(', ')
    return holds(`${counted(judged.length, 'association')}: ${suites}`, {
      deviations,
      frames: judged.map(({ connection }) => handshakeFrame(connection, 'server_hello')),
    })
  },
}

/** Those the tester established count too: whatever it offers, the node accepts only what is allowed. */
function establishedOf(evidence: Evidence): readonly Connection[] {
  return evidence.trace.connections.filter(
    (connection) =>
      connection.association?.state === 'established' &&
      (isSecured(evidence.plan, connection.wire) ||
        testerPhase(evidence, connection) !== undefined),
  )
}

function judgeConnection(connection: Connection) {
  const { association, wire, transport } = connection
  const version = association?.version ?? 'an unknown version'
  const suite = association?.suite
  const negotiated = `${version} ${suite?.name ?? 'without a suite'}`
  const judgement = suite === undefined ? 'breach' : judge(version, suite.id, profileFor(transport))
  return { connection, judgement, negotiated, what: `${wire}: ${negotiated}` }
}

function profileFor(transport: 'tcp' | 'udp'): SecurityProfile {
  return profileOf('SAEF/PSK', transport)
}
