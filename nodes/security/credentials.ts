import { open } from 'node:fs/promises'
import { BenchError } from '../../protocol/errors.ts'
import type { CredentialConfiguration, InboundSecurity, OutboundSecurity } from '../contract.ts'

/** A provisioned symmetric key in memory. Never printed, never put into an event. */
export interface Credential {
  /** KpsaID. */
  readonly id: string
  readonly key: Uint8Array
  /** Absolute id of the peer it authenticates. */
  readonly peer: string
}

export interface LoadedInbound {
  readonly suites: readonly string[]
  readonly credentials: ReadonlyMap<string, Credential>
}

export interface LoadedOutbound {
  readonly suites: readonly string[]
  readonly credential: Credential
}

/** Longest key and identity every implementation must take (RFC 4279 5.3). */
const limits = { keyBytes: 64, identityBytes: 128, fileBytes: 1024 } as const

export async function loadInbound(security: InboundSecurity): Promise<LoadedInbound> {
  const credentials = await Promise.all(security.credentials.map(loadCredential))
  return { suites: security.suites, credentials: new Map(credentials.map((c) => [c.id, c])) }
}

export async function loadOutbound(security: OutboundSecurity): Promise<LoadedOutbound> {
  return { suites: security.suites, credential: await loadCredential(security.credential) }
}

/** Reads the key of a credential. The file must be readable by its owner only. */
export async function loadCredential(configuration: CredentialConfiguration): Promise<Credential> {
  const text = await readPrivateFile(configuration.keyFile)
  const hex = text.trim()
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex) || hex.length > limits.keyBytes * 2) {
    throw invalid(
      `${configuration.keyFile}: not a key of 1 to ${limits.keyBytes} bytes in hexadecimal`,
      'write the key as pairs of hexadecimal digits on one line',
    )
  }
  if (Buffer.byteLength(configuration.id) > limits.identityBytes) {
    throw invalid(
      `credential ${configuration.id.slice(0, 40)}…: the id is longer than ${limits.identityBytes} bytes`,
      'shorten the KpsaID',
    )
  }
  return { id: configuration.id, key: Buffer.from(hex, 'hex'), peer: configuration.peer }
}

/** Text of a small file that nobody but its owner may read. */
export async function readPrivateFile(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw invalid(`${path}: cannot be read`, 'check the path and its permissions', cause)
  })
  try {
    const { mode, size } = await file.stat()
    if ((mode & 0o077) !== 0) {
      throw invalid(`${path}: others than its owner may access it`, `chmod 600 ${path}`)
    }
    if (size > limits.fileBytes) {
      throw invalid(`${path}: ${size} bytes is too long for a key`, 'name the file with the key')
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function invalid(message: string, remedy: string, cause?: unknown): BenchError {
  return new BenchError('NODE_CONFIGURATION_INVALID', message, { remedy, cause })
}
