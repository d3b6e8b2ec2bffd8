import { BenchError } from '../protocol/errors.ts'
import { openssl, type Pointer } from './openssl.ts'

/**
 * The pair of memory BIOs that every association of this process reads from and writes to. OpenSSL works on one
 * association at a time and returns, so one pair does for all: it is filled before a call and emptied after it. A pair for
 * each would cost another 11 kB per association.
 */
export interface DatagramExchange {
  /** Lets an SSL object read and write here; the object takes one reference of each BIO and gives it back when freed. */
  attach(ssl: Pointer): void
  /** Lays one datagram ready for the call that follows. */
  put(datagram: Uint8Array): void
  /** What the call produced, one element per datagram. Input that the call left is thrown away. */
  take(): Buffer[]
  /** Room for what one call returns; valid until the next call. */
  readonly scratch: Buffer
}

let exchange: DatagramExchange | undefined

/** The exchange of this process; made at the first use, and kept. */
export function datagramExchange(): DatagramExchange {
  exchange ??= makeExchange()
  return exchange
}

function makeExchange(): DatagramExchange {
  const input = newDatagramBio()
  const output = newDatagramBio()
  const scratch = Buffer.allocUnsafeSlow(65_536)
  return {
    scratch,
    attach: (ssl) => {
      openssl.BIO_up_ref(input)
      openssl.BIO_up_ref(output)
      openssl.SSL_set_bio(ssl, input, output)
    },
    put: (datagram) => {
      if (datagram.length > 0) openssl.BIO_write(input, datagram, datagram.length)
    },
    take: () => {
      while (openssl.BIO_ctrl_pending(input) > 0) openssl.BIO_read(input, scratch, scratch.length)
      const datagrams: Buffer[] = []
      for (;;) {
        const length = openssl.BIO_read(output, scratch, scratch.length)
        if (length <= 0) return datagrams
        datagrams.push(Buffer.from(scratch.subarray(0, length)))
      }
    },
  }
}

function newDatagramBio(): Pointer {
  const bio = openssl.BIO_new(openssl.BIO_s_dgram_mem())
  if (bio === null) throw new BenchError('INTERNAL', 'OpenSSL made no datagram buffer')
  return bio
}
