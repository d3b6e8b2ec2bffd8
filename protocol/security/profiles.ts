import { type CipherSuite, cipherSuite, cipherSuiteByName } from './cipherSuites.ts'

/** Frameworks that end in a (D)TLS handshake, by how the peers authenticate. */
export type ProfiledFramework = 'SAEF/PSK' | 'SAEF/certificate'
export type ProfiledTransport = 'tcp' | 'udp'

/**
 * `within` the profile; `deviation` = beyond it but no weaker, worth a note; `breach` = what the profile does not allow.
 */
export type ProfileJudgement = 'within' | 'deviation' | 'breach'

/** What TS-0003 10.2 allows for one framework over one transport. */
export interface SecurityProfile {
  readonly framework: ProfiledFramework
  readonly transport: ProfiledTransport
  readonly requirement: string
  readonly versions: readonly string[]
  /** IANA names. */
  readonly suites: readonly string[]
  /** Versions no weaker than the profile's. */
  readonly strongerVersions: readonly string[]
  /** Key exchanges that keep the authentication of the framework. */
  readonly keyExchanges: readonly CipherSuite['kx'][]
}

export const securityProfiles: readonly SecurityProfile[] = [
  {
    framework: 'SAEF/PSK',
    transport: 'tcp',
    requirement: 'TS-0003 10.2.2',
    versions: ['TLS 1.2'],
    suites: ['TLS_PSK_WITH_AES_128_CBC_SHA256'],
    strongerVersions: ['TLS 1.3'],
    keyExchanges: ['psk', 'dhe-psk', 'ecdhe-psk'],
  },
  {
    framework: 'SAEF/PSK',
    transport: 'udp',
    requirement: 'TS-0003 10.2.2',
    versions: ['DTLS 1.2'],
    suites: ['TLS_PSK_WITH_AES_128_CCM_8'],
    strongerVersions: ['DTLS 1.3'],
    keyExchanges: ['psk', 'dhe-psk', 'ecdhe-psk'],
  },
  {
    framework: 'SAEF/certificate',
    transport: 'tcp',
    requirement: 'TS-0003 10.2.3',
    versions: ['TLS 1.2'],
    suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'],
    strongerVersions: ['TLS 1.3'],
    keyExchanges: ['ecdhe'],
  },
  {
    framework: 'SAEF/certificate',
    transport: 'udp',
    requirement: 'TS-0003 10.2.3',
    versions: ['DTLS 1.2'],
    suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'],
    strongerVersions: ['DTLS 1.3'],
    keyExchanges: ['ecdhe'],
  },
]

export function profileOf(
  framework: ProfiledFramework,
  transport: ProfiledTransport,
): SecurityProfile {
  const row = securityProfiles.find(
    (profile) => profile.framework === framework && profile.transport === transport,
  )
  // The table has a row for every pair; a missing one would be a defect of the table.
  if (row === undefined) throw new RangeError(`no profile for ${framework} over ${transport}`)
  return row
}

/**
 * Judges what was negotiated. `version` as the trace writes it (`TLS 1.2`), `suite` as registry value or IANA name.
 * A suite nobody knows is a breach.
 */
export function judge(
  version: string,
  suite: number | string,
  profile: SecurityProfile = profileOf('SAEF/PSK', 'tcp'),
): ProfileJudgement {
  const row = typeof suite === 'number' ? cipherSuite(suite) : cipherSuiteByName(suite)
  if (row === undefined) return 'breach'
  if (profile.versions.includes(version)) {
    if (profile.suites.includes(row.name)) return 'within'
    return !row.tls13 && isNoWeaker(row, profile) ? 'deviation' : 'breach'
  }
  const stronger = profile.strongerVersions.includes(version)
  return stronger && row.tls13 && row.strength === 'profile-grade' ? 'deviation' : 'breach'
}

/** An authenticated-encryption suite with the framework's kind of credential. */
function isNoWeaker(suite: CipherSuite, profile: SecurityProfile): boolean {
  return (
    suite.strength === 'profile-grade' &&
    suite.mac === 'aead' &&
    profile.keyExchanges.includes(suite.kx) &&
    (suite.kx !== 'ecdhe' || suite.auth === 'ecdsa')
  )
}
