/**
 * Named deviations a node commits on purpose, chosen by name in its configuration. Each is one row here and one question
 * (`context.misbehaves(name)`) at the step it breaks, so that a healthy node and a mutant differ in nothing else.
 */
export interface Misbehaviour {
  readonly name: string
  /** One sentence: what is broken. */
  readonly summary: string
  /** Class of a hole seen in a real product, e.g. `W17` (docs/holes.md). */
  readonly origin?: string
  readonly appliesTo: 'cse' | 'ae' | 'any'
}

export const misbehaviours = [
  // Who is who
  {
    name: 'no-credential-to-origin-binding',
    summary:
      'A registrar accepts any From over any security association: the credential is not bound to an identity.',
    origin: 'W1',
    appliesTo: 'cse',
  },
  {
    name: 'psk-identity-ignored',
    summary:
      'A listener answers every unknown PSK identity with the first key it has, and takes From as authenticated.',
    origin: 'W8',
    appliesTo: 'any',
  },
  {
    name: 'tries-other-keys',
    summary:
      'A listener that saw a handshake of an identity fail takes other keys at the next tries: a key of zeros, then those of other peers.',
    appliesTo: 'any',
  },
  {
    name: 'unregistered-ae-accepted',
    summary: 'A registrar serves an AE that never registered with it.',
    appliesTo: 'cse',
  },
  {
    name: 'cse-without-association-accepted',
    summary: 'A CSE serves and registers a CSE that has no security association with it.',
    appliesTo: 'cse',
  },
  {
    name: 'identity-of-another',
    summary:
      'A TLS client presents its KpsaID without the issuer part, which is not the identity it was provisioned with.',
    appliesTo: 'any',
  },
  // The association itself
  {
    name: 'no-mutual-authentication',
    summary:
      'A secured listener also offers certificate suites with a self-signed certificate and asks nothing of the client.',
    origin: 'W3',
    appliesTo: 'any',
  },
  {
    name: 'no-server-verify',
    summary: 'A TLS client also offers certificate suites and accepts any certificate.',
    origin: 'W4',
    appliesTo: 'any',
  },
  {
    name: 'plaintext-accepted',
    summary: 'The secured port also answers plain HTTP.',
    appliesTo: 'any',
  },
  {
    name: 'old-versions-accepted',
    summary: 'A secured listener also accepts TLS 1.0 and TLS 1.1.',
    appliesTo: 'any',
  },
  {
    name: 'weak-suites-accepted',
    summary: 'A secured listener also accepts suites without encryption and anonymous suites.',
    appliesTo: 'any',
  },
  {
    name: 'any-suite-accepted',
    summary:
      'A secured listener answers a ClientHello without a suitable suite with a ServerHello that takes the first one, then closes.',
    appliesTo: 'any',
  },
  {
    name: 'outside-profile-suites-accepted',
    summary:
      'A secured listener also accepts TLS_PSK_WITH_AES_128_CBC_SHA, which the profile does not hold.',
    appliesTo: 'any',
  },
  {
    name: 'plaintext-fallback',
    summary: 'A TLS client whose handshake fails sends the request again in plain HTTP.',
    appliesTo: 'any',
  },
  {
    name: 'client-offers-weak-suites',
    summary: 'A TLS client also offers suites without encryption.',
    appliesTo: 'any',
  },
  {
    name: 'second-association-in-clear',
    summary: 'A registrar notifies the point of access of an AE in plain HTTP.',
    appliesTo: 'cse',
  },
  // Registration
  {
    name: 'duplicate-registration-accepted',
    summary:
      'A registrar lets an AE-ID or CSE-ID register again and replaces the first registration.',
    appliesTo: 'cse',
  },
  {
    name: 'app-id-unchecked',
    summary: 'A registrar accepts an App-ID of any form.',
    appliesTo: 'cse',
  },
  {
    name: 'app-rules-ignored',
    summary: 'A registrar does not check the service subscription before it registers an AE.',
    appliesTo: 'cse',
  },
  {
    name: 'ae-create-through-transit-accepted',
    summary: 'A CSE forwards an AE registration, and accepts one that a CSE forwarded.',
    appliesTo: 'cse',
  },
  {
    name: 'remote-cse-by-ae-accepted',
    summary: 'A CSE lets an AE create a remoteCSE.',
    appliesTo: 'cse',
  },
  {
    name: 'cse-base-create-accepted',
    summary: 'A CSE answers the creation of a CSEBase with success instead of refusing it.',
    appliesTo: 'cse',
  },
  // Authorization
  {
    name: 'origin-unchecked',
    summary: 'Every access decision grants, whoever asks.',
    origin: 'W5',
    appliesTo: 'cse',
  },
  {
    name: 'creator-spoof',
    summary: 'The creator named in the content of a create is taken as the creator.',
    origin: 'W18',
    appliesTo: 'cse',
  },
  {
    name: 'default-admin',
    summary:
      'The originator CAdmin may do anything and needs neither registration nor identity check.',
    origin: 'W19',
    appliesTo: 'cse',
  },
  {
    name: 'no-origin-is-admin',
    summary: 'A request without From is treated as one of the administrator.',
    origin: 'W20',
    appliesTo: 'cse',
  },
  {
    name: 'access-decision-inverted-for-delete',
    summary:
      'The access decision is inverted for DELETE: who may not delete may, and the other way round.',
    appliesTo: 'cse',
  },
  {
    name: 'existence-hidden-as-success',
    summary: 'Retrieving a resource that does not exist succeeds with an empty content.',
    appliesTo: 'cse',
  },
  {
    name: 'expired-request-processed',
    summary: 'A request whose expiration time has passed is processed or forwarded all the same.',
    appliesTo: 'cse',
  },
  // Transit
  {
    name: 'transit-status-rewritten',
    summary: 'A transit CSE turns a refusal of the next hop into success.',
    origin: 'W17',
    appliesTo: 'cse',
  },
  {
    name: 'transit-drops-silently',
    summary: 'A transit CSE reports success for a request it never sent on.',
    origin: 'W17',
    appliesTo: 'cse',
  },
  {
    name: 'transit-alters-content',
    summary: 'A transit CSE changes one value of the content.',
    appliesTo: 'cse',
  },
  {
    name: 'transit-rewrites-from',
    summary: 'A transit CSE puts its own CSE-ID into From.',
    appliesTo: 'cse',
  },
  {
    name: 'from-not-converted',
    summary: 'A registrar passes the AE-ID-Stem of its AE on without its own CSE-ID.',
    appliesTo: 'cse',
  },
  {
    name: 'request-id-not-prefixed',
    summary: 'A registrar passes the request identifier of its AE on without the AE-ID-Stem.',
    appliesTo: 'cse',
  },
  {
    name: 'transit-sends-twice',
    summary: 'A transit CSE sends each request to the next hop twice.',
    appliesTo: 'cse',
  },
  {
    name: 'plaintext-copy',
    summary:
      'A CSE also sends each request it passes on as plain HTTP to the address of the next hop.',
    appliesTo: 'cse',
  },
  {
    name: 'encoded-copy',
    summary: 'As plaintext-copy, but with the content in base64 inside a header.',
    appliesTo: 'cse',
  },
  {
    name: 'compressed-copy',
    summary: 'As plaintext-copy, but with the content compressed with gzip.',
    appliesTo: 'cse',
  },
  {
    name: 'shares-with-neighbours',
    summary:
      'A hosting CSE also sends each contentInstance to registree CSEs that have nothing to do with it, inside their associations.',
    appliesTo: 'cse',
  },
  {
    name: 'answers-with-another-request-id',
    summary: 'A CSE answers with a request identifier that nobody sent.',
    appliesTo: 'cse',
  },
] as const satisfies readonly Misbehaviour[]

export type MisbehaviourName = (typeof misbehaviours)[number]['name']

const names: ReadonlySet<string> = new Set(misbehaviours.map((row) => row.name))

export function isMisbehaviour(name: string): name is MisbehaviourName {
  return names.has(name)
}
