import { cipherSuite } from '../../../protocol/security/cipherSuites.ts'
import type { Side } from '../trace.ts'
import type { ClientHello, ServerHello } from './hello.ts'
import type { KeyLog } from './keyLog.ts'
import { makeOpener12 } from './opener12.ts'
import { makeOpener13 } from './opener13.ts'
import { type Candidate, Protection } from './protection.ts'

export interface Hellos {
  readonly client: ClientHello
  readonly server: ServerHello
}

/** The protection TLS 1.0 to 1.2 agreed on for one side; without hellos nothing can be opened. */
export function protection12(hellos: Hellos | undefined, keyLog: KeyLog, side: Side): Protection {
  if (hellos === undefined) return new Protection([], 'no-secret')
  const { client, server } = hellos
  const suite = cipherSuite(server.suite)
  if (suite === undefined || server.compression !== 0)
    return new Protection([], 'unsupported-suite')
  const negotiated = {
    suite,
    version: server.version,
    encryptThenMac: server.encryptThenMac,
    clientRandom: client.random,
    serverRandom: server.random,
    side,
  }
  const secrets = keyLog.secrets('CLIENT_RANDOM', client.random.toString('hex'))
  const candidates = secrets.flatMap((secret): Candidate[] => {
    const opener = makeOpener12(negotiated, secret)
    return opener === undefined ? [] : [{ secret, opener }]
  })
  return new Protection(candidates, secrets.length === 0 ? 'no-secret' : 'unsupported-suite')
}

/** Which traffic secret: of the handshake, or of what follows it. */
export type TrafficPhase = 'HANDSHAKE' | 'TRAFFIC'

export interface Traffic13 {
  readonly suite: number
  /** Hexadecimal. */
  readonly clientRandom: string
  readonly side: Side
  readonly phase: TrafficPhase
  readonly mayMiss: boolean
}

/** The protection of one side and phase of TLS 1.3. */
export function protection13(keyLog: KeyLog, traffic: Traffic13): Protection {
  const suite = cipherSuite(traffic.suite)
  if (suite === undefined || !suite.tls13) return new Protection([], 'unsupported-suite')
  const sender = traffic.side === 'client' ? 'CLIENT' : 'SERVER'
  const label =
    traffic.phase === 'HANDSHAKE'
      ? `${sender}_HANDSHAKE_TRAFFIC_SECRET`
      : `${sender}_TRAFFIC_SECRET_0`
  const secrets = keyLog.secrets(label, traffic.clientRandom)
  const candidates = secrets.flatMap((secret): Candidate[] => {
    const opener = makeOpener13(suite, secret)
    return opener === undefined ? [] : [{ secret, opener }]
  })
  const obstacle = secrets.length === 0 ? 'no-secret' : 'unsupported-suite'
  return new Protection(candidates, obstacle, traffic.mayMiss)
}
