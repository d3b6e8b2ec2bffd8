import { BenchError } from '../protocol/errors.ts'
import { parseFrom, writtenBy } from './encodings.ts'
import { openssl, type Pointer } from './openssl.ts'
import { takeOpensslError } from './opensslErrors.ts'

/** What a client needs to resume, as text of PEM; `undefined` when the server gave nothing to resume with. */
export function sessionOf(ssl: Pointer): Buffer | undefined {
  const session = openssl.SSL_get1_session(ssl)
  if (session === null) return undefined
  const isResumable = openssl.SSL_SESSION_is_resumable(session) === 1
  const written = isResumable
    ? writtenBy((bio) => openssl.PEM_write_bio_SSL_SESSION(bio, session))
    : undefined
  openssl.SSL_SESSION_free(session)
  return written
}

/** Has a client offer a session that `sessionOf` gave. */
export function offerSession(ssl: Pointer, session: Buffer): void {
  const parsed = parseFrom(session, (bio) =>
    openssl.PEM_read_bio_SSL_SESSION(bio, null, null, null),
  )
  if (parsed === null)
    throw new BenchError('USAGE', `the session cannot be read: ${takeOpensslError() ?? ''}`)
  openssl.SSL_set_session(ssl, parsed)
  openssl.SSL_SESSION_free(parsed)
}
