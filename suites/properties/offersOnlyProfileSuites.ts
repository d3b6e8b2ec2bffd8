/** What nodes offer as TLS client: nothing that a man in the middle could make them fall back to. */
import { judge } from '../../protocol/security/profiles.ts'
import type { Connection, SecurityAssociation } from '../../tools/dissect/trace.ts'
import type { Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import { versionAndSuiteAllowed } from './versionAndSuiteAllowed.ts'
import { clientOf, handshakeFrame, nodeConnections } from './views.ts'

export const offersOnlyProfileSuites: Property = {
  name: 'offers-only-profile-suites',
  claim: 'Every ClientHello of a node offers only versions and cipher suites of the profile.',
  requirement: versionAndSuiteAllowed.requirement,
  check: (evidence) => {
    const hellos = nodeConnections(evidence).flatMap((connection) =>
      connection.association === undefined
        ? []
        : [{ connection, association: connection.association }],
    )
    const judged = hellos.map(({ connection, association }) => ({
      connection,
      offers: [...suiteOffers(association), ...versionOffers(association)],
    }))
    const breaches = judged.flatMap(({ connection, offers }) => breachesOf(connection, offers))
    if (breaches.length > 0) return violated(breaches)
    if (judged.length === 0) return notObserved('no ClientHello of a node was recorded')
    const deviations = judged.flatMap(({ connection, offers }) =>
      offers
        .filter(({ judgement }) => judgement === 'deviation')
        .map(({ name }) => `${clientOf(connection)} also offers ${name}`),
    )
    return holds(`${counted(judged.length, 'ClientHello')} with nothing else`, { deviations })
  },
}

interface Offer {
  readonly name: string
  readonly judgement: 'within' | 'deviation' | 'breach'
}

/** Values that signal something and are no suites (RFC 5746 3.3, RFC 7507 2, RFC 8701 2). */
const signals: ReadonlySet<number> = new Set([
  0x00ff,
  0x5600,
  ...Array.from({ length: 16 }, (_, index) => 0x0a0a + index * 0x1010),
])

/** A suite of TLS 1.3 is judged as one of TLS 1.3, all others as ones of TLS 1.2. */
function suiteOffers({ offeredSuites }: SecurityAssociation): readonly Offer[] {
  return offeredSuites
    .filter(({ id }) => !signals.has(id))
    .map(({ id, name }) => {
      const judgements = [judge('TLS 1.2', id), judge('TLS 1.3', id)]
      const judgement = judgements.find((each) => each !== 'breach') ?? 'breach'
      return { name, judgement }
    })
}

const versionJudgements: Readonly<Record<string, Offer['judgement']>> = {
  'TLS 1.2': 'within',
  'TLS 1.3': 'deviation',
}

function versionOffers({ offeredVersions }: SecurityAssociation): readonly Offer[] {
  return offeredVersions.map((name) => ({
    name,
    judgement: versionJudgements[name] ?? 'breach',
  }))
}

function breachesOf(connection: Connection, offers: readonly Offer[]): readonly Breach[] {
  const bad = offers.filter(({ judgement }) => judgement === 'breach').map(({ name }) => name)
  if (bad.length === 0) return []
  const text = `${clientOf(connection)} offers ${bad.join(', ')} on ${connection.wire}`
  return [breach(text, handshakeFrame(connection, 'client_hello'))]
}
