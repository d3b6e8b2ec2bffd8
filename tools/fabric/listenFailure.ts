import { BenchError } from '../../protocol/errors.ts'

/** Why a wire cannot listen, with the address, the port, and what to do. */
export function listenFailure(
  wire: string,
  listen: { readonly address: string; readonly port: number },
  cause: unknown,
): BenchError {
  const where = `${listen.address}:${listen.port}`
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  if (code === 'EADDRINUSE') {
    return new BenchError(
      'ADDRESS_IN_USE',
      `wire ${wire} cannot listen on address ${listen.address}, port ${listen.port}: it is in use`,
      {
        remedy:
          `end the program that listens there (\`ss -lnp 'sport = :${listen.port}'\` shows it; ` +
          'a dead run is removed by `./bench clean`), or give the node another port',
        cause,
      },
    )
  }
  return new BenchError('CAPABILITY_MISSING', `wire ${wire} cannot listen on ${where} (${code})`, {
    remedy:
      code === 'EACCES'
        ? 'choose a port above 1023'
        : `give this machine the address ${listen.address}, or use one in 127.0.0.0/8`,
    cause,
  })
}
