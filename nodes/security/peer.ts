import { parseEntityId } from '../../protocol/identifiers.ts'
import type { AssociatedPeer } from '../../protocol/validity.ts'
import type { Credential } from './credentials.ts'

/** Who is at the other end of a connection, as far as its security association proves it. */
export interface Peer {
  readonly association: AssociatedPeer
  /** psk_identity of the handshake; absent without association. */
  readonly pskIdentity?: string
  /** Misbehaviour `psk-identity-ignored`: whatever it says in From is believed. */
  readonly believed?: true
}

export const noAssociation: Peer = { association: { kind: 'none' } }

/** Binds an association to the one AE-ID or CSE-ID its credential stands for (TS-0003 8.2.1). */
export function peerOf(credential: Credential): Peer {
  const id = parseEntityId(credential.peer)
  const association: AssociatedPeer =
    id.ok && id.value.kind === 'cse'
      ? { kind: 'cse', id: credential.peer }
      : { kind: 'ae', allowed: [credential.peer] }
  return { association, pskIdentity: credential.id }
}
