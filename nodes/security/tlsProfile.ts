import { constants } from 'node:crypto'
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls'
import type { NodeContext } from '../nodeContext.ts'
import type { Credential, LoadedInbound, LoadedOutbound } from './credentials.ts'
import { noAssociation, type Peer, peerOf } from './peer.ts'
import { makeSelfSigned } from './selfSigned.ts'
import { cipherString, extraSuites } from './tlsSuites.ts'

/** Options of a TLS server and, once its handshake is done, who each of its connections is from. */
export interface ServerProfile {
  readonly options: TlsOptions
  peerOf(socket: TLSSocket): Peer
  /** Identity a client presented, known or not; also for handshakes that fail. */
  identityOf(socket: TLSSocket): string | undefined
  /** To be told how each handshake ended. */
  outcome(socket: TLSSocket, established: boolean): void
}

/** TLS-PSK as a server: TLS 1.2 only, the configured suites only, no tickets, no renegotiation (TS-0003 10.2.1, 8.2.2.1). */
export async function makeServerProfile(
  context: NodeContext,
  security: LoadedInbound,
): Promise<ServerProfile> {
  const peers = new WeakMap<TLSSocket, Peer>()
  const identities = new WeakMap<TLSSocket, string>()
  const ignoresIdentity = context.misbehaves('psk-identity-ignored')
  const [first] = security.credentials.values()
  const keys = makeKeyChoice(context, security)
  const pskCallback = (socket: TLSSocket, identity: string) => {
    identities.set(socket, identity)
    const credential = security.credentials.get(identity)
    if (credential !== undefined) {
      peers.set(socket, peerOf(credential))
      return keys.keyFor(credential)
    }
    if (!ignoresIdentity || first === undefined) return null
    peers.set(socket, { ...noAssociation, pskIdentity: identity, believed: true })
    return first.key
  }
  return {
    options: { ...(await serverSuites(context, security)), ...common, pskCallback },
    peerOf: (socket) => peers.get(socket) ?? noAssociation,
    identityOf: (socket) => identities.get(socket),
    outcome: (socket, established) => keys.learn(identities.get(socket), established),
  }
}

interface KeyChoice {
  keyFor(credential: Credential): Uint8Array
  learn(identity: string | undefined, established: boolean): void
}

/** The provisioned key, whatever happened before; the misbehaviour `tries-other-keys` moves on after each failure. */
function makeKeyChoice(context: NodeContext, security: LoadedInbound): KeyChoice {
  if (!context.misbehaves('tries-other-keys')) {
    return { keyFor: (credential) => credential.key, learn: () => {} }
  }
  const failures = new Map<string, number>()
  return {
    keyFor: ({ id, key }) => {
      const others = [...security.credentials.values()].filter((each) => each.id !== id)
      const candidates = [key, new Uint8Array(key.length), ...others.map((each) => each.key)]
      return candidates[(failures.get(id) ?? 0) % candidates.length] ?? key
    },
    learn: (identity, established) => {
      if (identity === undefined) return
      failures.set(identity, established ? 0 : (failures.get(identity) ?? 0) + 1)
    },
  }
}

const common = {
  // Renegotiation would let the identity change under a bound connection.
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  maxVersion: 'TLSv1.2',
} as const satisfies TlsOptions

async function serverSuites(context: NodeContext, security: LoadedInbound): Promise<TlsOptions> {
  const weak = context.misbehaves('weak-suites-accepted')
  const certificate = context.misbehaves('no-mutual-authentication')
  const outside = context.misbehaves('outside-profile-suites-accepted')
  const old = context.misbehaves('old-versions-accepted')
  const extra = [
    ...(weak ? extraSuites.weak : []),
    ...(certificate ? extraSuites.certificate : []),
    ...(outside ? extraSuites.outsideProfile : []),
  ]
  return {
    minVersion: old ? 'TLSv1' : 'TLSv1.2',
    ciphers: cipherString(security.suites, extra, { lowestSecurityLevel: old }),
    ...(weak ? { dhparam: 'auto' } : {}),
    ...(certificate ? await makeSelfSigned(context.name) : {}),
  }
}

/** TLS-PSK as a client, under the same rules. */
export function clientOptions(context: NodeContext, security: LoadedOutbound): ConnectionOptions {
  const anyCertificate = context.misbehaves('no-server-verify')
  const extra = [
    ...(anyCertificate ? extraSuites.certificate : []),
    ...(context.misbehaves('client-offers-weak-suites') ? extraSuites.withoutEncryption : []),
  ]
  const { id, key } = security.credential
  const identity = context.misbehaves('identity-of-another') ? id.replace(/@.*$/, '') : id
  return {
    ...common,
    minVersion: 'TLSv1.2',
    ciphers: cipherString(security.suites, extra),
    pskCallback: () => ({ psk: key, identity }),
    // With PSK suites only there is no certificate to check: the key is what proves the server.
    checkServerIdentity: () => undefined,
    rejectUnauthorized: !anyCertificate,
  }
}
