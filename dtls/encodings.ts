import { openssl, type Pointer } from './openssl.ts'

/** Hands bytes to a function of OpenSSL that parses them; the memory they were copied to is gone afterwards. */
export function parseFrom<T>(bytes: Uint8Array, parse: (bio: Pointer) => T): T {
  return withBio((bio) => {
    if (bytes.length > 0) openssl.BIO_write(bio, bytes, bytes.length)
    return parse(bio)
  })
}

/** The bytes that a function of OpenSSL writes; `undefined` when it says that it failed. */
export function writtenBy(write: (bio: Pointer) => number): Buffer | undefined {
  return withBio((bio) => {
    if (write(bio) !== 1) return undefined
    const bytes = Buffer.alloc(openssl.BIO_ctrl_pending(bio))
    const length = openssl.BIO_read(bio, bytes, bytes.length)
    return length === bytes.length ? bytes : undefined
  })
}

/** A copy of so many bytes at a native address. */
export function copyFrom(at: Pointer, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  if (length > 0) openssl.memcpy(bytes, at, length)
  return bytes
}

/** A copy of a text of C without the NUL at its end. */
export function copyText(at: Pointer): Buffer {
  return copyFrom(at, openssl.strlen(at))
}

function withBio<T>(use: (bio: Pointer) => T): T {
  const bio = openssl.BIO_new(openssl.BIO_s_mem())
  if (bio === null) throw new Error('OpenSSL made no buffer')
  try {
    return use(bio)
  } finally {
    openssl.BIO_free(bio)
  }
}
