import { openssl } from './openssl.ts'

/** Empties OpenSSL's queue of errors, which Node shares, and says the first one in OpenSSL's words. */
export function takeOpensslError(): string | undefined {
  const code = openssl.ERR_get_error()
  openssl.ERR_clear_error()
  if (Number(code) === 0) return undefined
  return openssl.ERR_reason_error_string(code) ?? `error ${code}`
}
