/** Values of OpenSSL's headers that exist as macros only (ssl.h, x509_vfy.h, tls1.h of OpenSSL 3.5). */
export const ctrl = {
  setMtu: 17,
  mode: 33,
  setSessionCacheMode: 44,
  setServerName: 55,
  addExtraChainCertificate: 89,
  setGroups: 92,
  setSignatureAlgorithms: 98,
  setClientSignatureAlgorithms: 102,
  setMinVersion: 123,
  setMaxVersion: 124,
} as const

export const options = {
  noQueryMtu: 1 << 12,
  noTicket: 1 << 14,
  noEncryptThenMac: 1 << 19,
  cipherServerPreference: 1 << 22,
  noRenegotiation: 1 << 30,
} as const

/** Buffers are given back between records: an association that waits holds little. */
export const modeReleaseBuffers = 0x10

export const sslError = { ssl: 1, wantRead: 2, zeroReturn: 6 } as const

export const infoAlert = { read: 0x4004, write: 0x4008 } as const

export const verifyMode = { peer: 0x01, failIfNoPeerCertificate: 0x02 } as const

/** Any certificate may be the anchor of trust, not only a self-signed one (RFC 5280 6.1.1 d). */
export const storePartialChain = 0x80000

export const dtlsVersions = { DTLSv1: 0xfeff, 'DTLSv1.2': 0xfefd } as const

/** TLS certificate type raw public key (RFC 7250 3). */
export const certificateTypeRawPublicKey = 2

/** Longest identity and key that OpenSSL takes (PSK_MAX_IDENTITY_LEN, PSK_MAX_PSK_LEN). */
export const pskLimits = { identity: 256, key: 512 } as const

/** OpenSSL sends nothing with a smaller one. */
export const smallestMtu = 256
export const largestMtu = 65_507

/** Longest plain text of a record (RFC 5246 6.2.1). */
export const longestRecord = 16_384
