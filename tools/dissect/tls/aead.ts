import {
  type CipherCCMTypes,
  type CipherGCMTypes,
  createDecipheriv,
  type DecipherGCM,
  getCiphers,
} from 'node:crypto'
import type { CipherSuite } from '../../../protocol/security/cipherSuites.ts'

export interface Sealed {
  readonly nonce: Buffer
  readonly additionalData: Buffer
  /** Ciphertext and, behind it, the tag. */
  readonly bytes: Buffer
}

/** Opens what an AEAD sealed; `undefined` when the tag does not fit. */
export type Aead = (sealed: Sealed) => Buffer | undefined

const available = new Set(getCiphers())

/** `undefined` when the OpenSSL below does not have the cipher. */
export function aead(suite: CipherSuite, key: Buffer): Aead | undefined {
  const name = suite.mode === 'poly1305' ? 'chacha20-poly1305' : `${suite.cipher}-${suite.mode}`
  if (!available.has(name)) return undefined
  return (sealed) => {
    const length = sealed.bytes.length - suite.tagLength
    if (length < 0) return undefined
    try {
      // All three families share this interface; the type of one of them stands for it.
      const decipher = createDecipheriv(
        name as CipherCCMTypes & CipherGCMTypes,
        key,
        sealed.nonce,
        {
          authTagLength: suite.tagLength,
        },
      ) as DecipherGCM
      decipher.setAuthTag(sealed.bytes.subarray(length))
      decipher.setAAD(sealed.additionalData, { plaintextLength: length })
      const content = decipher.update(sealed.bytes.subarray(0, length))
      decipher.final()
      return content
    } catch {
      return undefined
    }
  }
}
