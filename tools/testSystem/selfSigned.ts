import { webcrypto } from 'node:crypto'
import 'reflect-metadata' // the certificate library's dependency injection needs it first
import * as x509 from '@peculiar/x509'

export interface KeyAndCertificate {
  /** PEM, PKCS #8. */
  readonly key: string
  /** PEM. */
  readonly certificate: string
}

/** A key on secp256r1 and a certificate that nobody but itself vouches for, valid for a day around `nowMs`. */
export async function makeSelfSigned(
  commonName: string,
  nowMs: number,
): Promise<KeyAndCertificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const halfDayMs = 12 * 3600 * 1000
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${commonName}`,
      notBefore: new Date(nowMs - halfDayMs),
      notAfter: new Date(nowMs + halfDayMs),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  )
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    certificate: certificate.toString('pem'),
  }
}
