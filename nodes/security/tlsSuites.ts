import { BenchError } from '../../protocol/errors.ts'

/** Suites a node can be configured with: IANA name -> name in OpenSSL. */
const openSslNames: Readonly<Record<string, string>> = {
  TLS_PSK_WITH_AES_128_CBC_SHA256: 'PSK-AES128-CBC-SHA256',
  TLS_PSK_WITH_AES_256_CBC_SHA384: 'PSK-AES256-CBC-SHA384',
  TLS_PSK_WITH_AES_128_GCM_SHA256: 'PSK-AES128-GCM-SHA256',
  TLS_PSK_WITH_AES_256_GCM_SHA384: 'PSK-AES256-GCM-SHA384',
  TLS_PSK_WITH_AES_128_CCM: 'PSK-AES128-CCM',
  TLS_PSK_WITH_AES_128_CCM_8: 'PSK-AES128-CCM8',
  TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: 'PSK-CHACHA20-POLY1305',
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: 'DHE-PSK-AES128-CBC-SHA256',
  TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: 'DHE-PSK-AES128-GCM-SHA256',
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: 'ECDHE-PSK-AES128-CBC-SHA256',
  TLS_PSK_WITH_AES_128_CBC_SHA: 'PSK-AES128-CBC-SHA',
}

/** Suites OpenSSL keeps back unless the security level is lowered. */
const needsLowSecurityLevel: ReadonlySet<string> = new Set(['PSK-AES128-CCM8'])

/** Added to the offer by misbehaviours only. */
export const extraSuites = {
  certificate: ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  weak: [
    'PSK-NULL-SHA256',
    'PSK-NULL-SHA',
    'ADH-AES128-SHA256',
    'ADH-AES128-SHA',
    'AECDH-NULL-SHA',
  ],
  withoutEncryption: ['PSK-NULL-SHA256', 'PSK-NULL-SHA'],
  outsideProfile: ['PSK-AES128-CBC-SHA'],
} as const

export const knownSuites: readonly string[] = Object.keys(openSslNames)

/** The cipher string of OpenSSL for suites by IANA name, plus suites by OpenSSL name. Throws UNSUPPORTED on an unknown one. */
export function cipherString(
  ianaNames: readonly string[],
  extra: readonly string[] = [],
  options: { readonly lowestSecurityLevel?: boolean } = {},
): string {
  const suites = [...ianaNames.map(openSslName), ...extra]
  const low = options.lowestSecurityLevel || suites.some((s) => needsLowSecurityLevel.has(s))
  return low || extra.length > 0 ? `${suites.join(':')}:@SECLEVEL=0` : suites.join(':')
}

function openSslName(ianaName: string): string {
  const name = Object.hasOwn(openSslNames, ianaName) ? openSslNames[ianaName] : undefined
  if (name !== undefined) return name
  throw new BenchError('UNSUPPORTED', `no support for the suite ${JSON.stringify(ianaName)}`, {
    remedy: `use one of ${knownSuites.join(', ')}`,
  })
}
