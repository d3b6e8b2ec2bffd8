import { generateKeyPairSync, webcrypto } from 'node:crypto'

/** A self-signed certificate and its key, PEM. Only the misbehaviour `no-mutual-authentication` needs one. */
export async function makeSelfSigned(
  commonName: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  // Loaded late: a healthy node never needs it.
  await import('reflect-metadata') // the certificate library's dependency injection needs it first
  const x509 = await import('@peculiar/x509')
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const subtle = webcrypto.subtle
  const keys = {
    publicKey: await subtle.importKey(
      'spki',
      publicKey.export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    ),
    privateKey: await subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      algorithm,
      true,
      ['sign'],
    ),
  }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.UTC(2020, 0, 1)),
    notAfter: new Date(Date.UTC(2040, 0, 1)),
    signingAlgorithm: algorithm,
    keys,
  })
  return {
    cert: certificate.toString('pem'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
