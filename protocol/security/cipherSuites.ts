import { cipherSuiteNames } from './cipherSuiteNames.ts'

export type KeyExchange =
  | 'none'
  | 'any'
  | 'rsa'
  | 'dh'
  | 'dhe'
  | 'ecdh'
  | 'ecdhe'
  | 'psk'
  | 'dhe-psk'
  | 'ecdhe-psk'
  | 'rsa-psk'
  | 'other'
export type Authentication = 'none' | 'any' | 'anon' | 'rsa' | 'dss' | 'ecdsa' | 'psk' | 'other'
export type CipherMode = 'null' | 'stream' | 'cbc' | 'gcm' | 'ccm' | 'poly1305' | 'other'
export type SuiteMac = 'aead' | 'none' | 'md5' | 'sha1' | 'sha256' | 'sha384' | 'other'

/**
 * The worst that can be said of a suite. `null` no confidentiality; `anonymous` nobody is authenticated; `export` keys cut
 * short; `weak` a broken or deprecated cipher, or a MAC under SHA-256; `profile-grade` none of these: as strong as the
 * suites of the profile, whether or not the profile names it.
 */
export type SuiteStrength = 'profile-grade' | 'weak' | 'null' | 'anonymous' | 'export'

/** One cipher suite, resolved. Lengths are bytes. */
export interface CipherSuite {
  /** Registry value, e.g. 0x00AE. */
  readonly id: number
  /** IANA name. */
  readonly name: string
  /** Name in OpenSSL (and so in Node's `ciphers` option), where it has the suite. */
  readonly openssl?: string
  readonly kx: KeyExchange
  readonly auth: Authentication
  /** Cipher with its key size as OpenSSL spells it, e.g. `aes-128`, `chacha20`, `null`. */
  readonly cipher: string
  readonly mode: CipherMode
  readonly mac: SuiteMac
  readonly keyLength: number
  /** CBC: a block. AEAD: the implicit part of the nonce (RFC 5288 3, RFC 7905 2); TLS 1.3: the whole nonce. */
  readonly ivLength: number
  /** Authentication tag of an AEAD; 0 otherwise. */
  readonly tagLength: number
  /** Hash of the TLS 1.2 PRF or the TLS 1.3 key schedule. */
  readonly prf: 'sha256' | 'sha384' | 'other'
  readonly strength: SuiteStrength
  /** Only for TLS 1.3. */
  readonly tls13: boolean
}

/** The suite with this registry value; `undefined` for unknown, reserved and signalling values. */
export function cipherSuite(id: number): CipherSuite | undefined {
  return suitesById.get(id)
}

/** The suite with this IANA name. */
export function cipherSuiteByName(name: string): CipherSuite | undefined {
  return suitesByName.get(name)
}

/** The suite with this OpenSSL name, e.g. `PSK-AES128-CBC-SHA256`; TLS 1.3 suites have their IANA name there. */
export function cipherSuiteByOpenssl(name: string): CipherSuite | undefined {
  return suitesByOpenssl.get(name)
}

/** IANA name of a registry value, signalling values included; `0xNNNN` where the table does not know it. */
export function cipherSuiteName(id: number): string {
  return namesById.get(id) ?? `0x${id.toString(16).toUpperCase().padStart(4, '0')}`
}

const keyExchanges: Readonly<Record<string, readonly [KeyExchange, Authentication]>> = {
  NULL: ['none', 'none'],
  RSA: ['rsa', 'rsa'],
  RSA_EXPORT: ['rsa', 'rsa'],
  RSA_EXPORT1024: ['rsa', 'rsa'],
  DH_DSS: ['dh', 'dss'],
  DH_RSA: ['dh', 'rsa'],
  DHE_DSS: ['dhe', 'dss'],
  DHE_RSA: ['dhe', 'rsa'],
  DH_anon: ['dhe', 'anon'],
  ECDH_ECDSA: ['ecdh', 'ecdsa'],
  ECDH_RSA: ['ecdh', 'rsa'],
  ECDHE_ECDSA: ['ecdhe', 'ecdsa'],
  ECDHE_RSA: ['ecdhe', 'rsa'],
  ECDH_anon: ['ecdhe', 'anon'],
  PSK: ['psk', 'psk'],
  DHE_PSK: ['dhe-psk', 'psk'],
  PSK_DHE: ['dhe-psk', 'psk'],
  ECDHE_PSK: ['ecdhe-psk', 'psk'],
  RSA_PSK: ['rsa-psk', 'psk'],
}

type CipherRow = Pick<CipherSuite, 'cipher' | 'mode' | 'keyLength' | 'ivLength' | 'tagLength'>

/** Bulk ciphers by the start of what follows `_WITH_`; a longer start comes before a shorter one. */
const ciphers: readonly (readonly [start: string, row: CipherRow])[] = [
  ['NULL', { cipher: 'null', mode: 'null', keyLength: 0, ivLength: 0, tagLength: 0 }],
  ...['AES', 'ARIA', 'CAMELLIA', 'SM4'].flatMap((family) =>
    [128, 256].flatMap((bits) => blockCipherRows(family, bits)),
  ),
  ['SM4_GCM', { cipher: 'sm4', mode: 'gcm', keyLength: 16, ivLength: 4, tagLength: 16 }],
  ['SM4_CCM', { cipher: 'sm4', mode: 'ccm', keyLength: 16, ivLength: 4, tagLength: 16 }],
  [
    'CHACHA20_POLY1305',
    { cipher: 'chacha20', mode: 'poly1305', keyLength: 32, ivLength: 12, tagLength: 16 },
  ],
  ['3DES_EDE_CBC', { cipher: 'des-ede3', mode: 'cbc', keyLength: 24, ivLength: 8, tagLength: 0 }],
  ['DES40_CBC', { cipher: 'des', mode: 'cbc', keyLength: 8, ivLength: 8, tagLength: 0 }],
  ['DES_CBC', { cipher: 'des', mode: 'cbc', keyLength: 8, ivLength: 8, tagLength: 0 }],
  ['IDEA_CBC', { cipher: 'idea', mode: 'cbc', keyLength: 16, ivLength: 8, tagLength: 0 }],
  ['RC2_CBC', { cipher: 'rc2', mode: 'cbc', keyLength: 16, ivLength: 8, tagLength: 0 }],
  ['SEED_CBC', { cipher: 'seed', mode: 'cbc', keyLength: 16, ivLength: 16, tagLength: 0 }],
  ['RC4', { cipher: 'rc4', mode: 'stream', keyLength: 16, ivLength: 0, tagLength: 0 }],
]

function blockCipherRows(family: string, bits: number): (readonly [string, CipherRow])[] {
  const cipher = `${family.toLowerCase()}-${bits}`
  const keyLength = bits / 8
  const start = `${family}_${bits}`
  return [
    [`${start}_CBC`, { cipher, mode: 'cbc', keyLength, ivLength: 16, tagLength: 0 }],
    [`${start}_GCM`, { cipher, mode: 'gcm', keyLength, ivLength: 4, tagLength: 16 }],
    [`${start}_CCM_8`, { cipher, mode: 'ccm', keyLength, ivLength: 4, tagLength: 8 }],
    [`${start}_CCM`, { cipher, mode: 'ccm', keyLength, ivLength: 4, tagLength: 16 }],
  ]
}

const otherCipher: CipherRow = {
  cipher: 'other',
  mode: 'other',
  keyLength: 0,
  ivLength: 0,
  tagLength: 0,
}

const macs: readonly (readonly [end: string, mac: SuiteMac])[] = [
  ['_SHA256', 'sha256'],
  ['_SHA384', 'sha384'],
  ['_SHA', 'sha1'],
  ['_MD5', 'md5'],
]

const weakCiphers = new Set(['rc4', 'rc2', 'des', 'des-ede3', 'idea', 'other'])
const aeadModes = new Set<CipherMode>(['gcm', 'ccm', 'poly1305'])
/** TLS 1.3 suites that protect integrity only (RFC 9150). */
const integrityOnly = new Set([0xc0b4, 0xc0b5])

function resolve(id: number, name: string, openssl: string | undefined): CipherSuite | undefined {
  if (name.endsWith('_SCSV')) return undefined
  const [exchange, encryption] = splitName(name)
  const tls13 = exchange === undefined
  const [kx, auth] = tls13
    ? (['any', 'any'] as const)
    : (keyExchanges[exchange.replace(/_EXPORT$/, '')] ?? (['other', 'other'] as const))
  const row = integrityOnly.has(id)
    ? (ciphers[0]?.[1] ?? otherCipher)
    : (ciphers.find(([start]) => encryption.startsWith(start))?.[1] ?? otherCipher)
  const mac = macOf(encryption, row)
  const base = { id, name, kx, auth, ...row, mac, prf: prfOf(encryption), tls13 }
  return {
    ...base,
    ivLength: tls13 ? 12 : row.ivLength,
    strength: strengthOf(base),
    ...(openssl === undefined ? {} : { openssl }),
  }
}

function splitName(name: string): [exchange: string | undefined, encryption: string] {
  const bare = name.replace(/^TLS_/, '')
  const at = bare.indexOf('_WITH_')
  return at < 0 ? [undefined, bare] : [bare.slice(0, at), bare.slice(at + '_WITH_'.length)]
}

function macOf(encryption: string, row: CipherRow): SuiteMac {
  if (aeadModes.has(row.mode)) return 'aead'
  if (encryption === 'NULL_NULL') return 'none'
  return macs.find(([end]) => encryption.endsWith(end))?.[1] ?? 'other'
}

function prfOf(encryption: string): CipherSuite['prf'] {
  if (encryption.endsWith('_SHA384')) return 'sha384'
  return /_SM3$|GOST|_OMAC$|_MGM_/.test(encryption) ? 'other' : 'sha256'
}

function strengthOf(
  suite: Pick<CipherSuite, 'name' | 'cipher' | 'auth' | 'mac' | 'mode'>,
): SuiteStrength {
  if (suite.mode === 'null') return 'null'
  if (suite.auth === 'anon') return 'anonymous'
  if (/EXPORT|RC4_(40|56)|DES40|CBC_(40|56)/.test(suite.name)) return 'export'
  if (weakCiphers.has(suite.cipher) || suite.mac === 'md5' || suite.mac === 'sha1') return 'weak'
  return 'profile-grade'
}

/** Every suite of the table, in order of registry value. */
export const cipherSuites: readonly CipherSuite[] = cipherSuiteNames.flatMap(
  ([id, name, openssl]) => resolve(id, name, openssl) ?? [],
)

const suitesById = new Map(cipherSuites.map((suite) => [suite.id, suite]))
const suitesByName = new Map(cipherSuites.map((suite) => [suite.name, suite]))
const suitesByOpenssl = new Map(
  cipherSuites.flatMap((suite) => (suite.openssl === undefined ? [] : [[suite.openssl, suite]])),
)
const namesById = new Map(cipherSuiteNames.map(([id, name]) => [id, name]))
