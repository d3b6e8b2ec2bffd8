import type { SecureVersion } from 'node:tls'
import { BenchError } from '../../protocol/errors.ts'
import { cipherSuiteByName } from '../../protocol/security/cipherSuites.ts'
import type { TlsVersion } from '../../suites/framework/testSystem.ts'

const secureVersions: Readonly<Record<TlsVersion, SecureVersion>> = {
  'TLS 1.0': 'TLSv1',
  'TLS 1.1': 'TLSv1.1',
  'TLS 1.2': 'TLSv1.2',
  'TLS 1.3': 'TLSv1.3',
}

/** Suites and versions as the TLS library wants them. */
export interface TlsSettings {
  readonly ciphers: string
  readonly minVersion: SecureVersion
  readonly maxVersion: SecureVersion
}

/**
 * The library's names for IANA suites. Security level 0, because the tester must be able to offer what no honest
 * client would. USAGE for a suite the library does not have: `hello` can offer that one.
 */
export function tlsSettings(
  suites: readonly string[],
  versions: { readonly min?: TlsVersion; readonly max?: TlsVersion },
): TlsSettings {
  const names = suites.map((suite) => {
    const name = cipherSuiteByName(suite)?.openssl
    if (name === undefined)
      throw new BenchError('USAGE', `the TLS library of the tester does not have ${suite}`, {
        remedy: 'offer it in a hand-made ClientHello: link(...).hello({ suites: [...] })',
      })
    return name
  })
  return {
    ciphers: [...names, '@SECLEVEL=0'].join(':'),
    minVersion: secureVersions[versions.min ?? 'TLS 1.2'],
    maxVersion: secureVersions[versions.max ?? 'TLS 1.2'],
  }
}

/** `TLSv1.2` as the library says it, in the bench's words. */
export function versionName(library: string | null): string | undefined {
  return Object.entries(secureVersions).find(([, secure]) => secure === library)?.[0]
}
