import 'reflect-metadata'
import { generateKeyPairSync, KeyObject, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export interface Issued {
  /** DER. */
  readonly certificate: Buffer
  readonly pem: string
  readonly privateKey: KeyObject
  readonly publicKey: Buffer
}

export interface Wishes {
  readonly name: string
  readonly issuer?: Issued
  readonly isCa?: boolean
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Bytes of an extension that nobody reads, to make the certificate long. */
  readonly padding?: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
let serial = 1

/** A certificate on P-256 as wished, signed by its issuer or by itself. */
export async function issue(wishes: Wishes): Promise<Issued> {
  const { name, issuer, isCa = false, padding = 0 } = wishes
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const privateKey = KeyObject.from(keys.privateKey)
  const signingKey =
    issuer === undefined
      ? keys.privateKey
      : await webcrypto.subtle.importKey(
          'pkcs8',
          issuer.privateKey.export({ type: 'pkcs8', format: 'der' }),
          algorithm,
          false,
          ['sign'],
        )
  serial += 1
  const usage = isCa
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: issuer === undefined ? `CN=${name}` : new x509.X509Certificate(issuer.pem).subject,
    notBefore: wishes.notBefore ?? new Date(Date.UTC(2020, 0, 1)),
    notAfter: wishes.notAfter ?? new Date(Date.UTC(2040, 0, 1)),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(isCa, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      ...(padding > 0 ? [new x509.Extension('1.2.3.4', false, Buffer.alloc(padding))] : []),
    ],
  })
  return {
    certificate: Buffer.from(certificate.rawData),
    pem: certificate.toString('pem'),
    privateKey,
    publicKey: KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' }),
  }
}

export interface Hierarchy {
  readonly root: Issued
  readonly intermediate: Issued
  readonly server: Issued
  readonly client: Issued
}

/** A root, an intermediate, and one certificate for each end. */
export async function makeHierarchy(): Promise<Hierarchy> {
  const root = await issue({ name: 'root', isCa: true })
  const intermediate = await issue({ name: 'intermediate', issuer: root, isCa: true })
  const server = await issue({ name: 'server', issuer: intermediate })
  const client = await issue({ name: 'client', issuer: intermediate })
  return { root, intermediate, server, client }
}

/** A bare key pair on P-256. */
export function rawKey(): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) }
}
