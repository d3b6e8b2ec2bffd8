import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { seededHex } from '../../protocol/random.ts'
import { codeOfWriteFailure } from '../../protocol/writeFailure.ts'
import type { Plan } from '../../topologies/plan.ts'

/** A provisioned key: the file both ends read it from, and the key itself. */
export interface MintedCredential {
  readonly file: string
  /** 32 bytes in hexadecimal, lower case. */
  readonly keyHex: string
}

const keyLength = 32

/**
 * Writes the key of every credential of the plan into `folder` (made when missing, 0700), one 0600 file each, and returns
 * them by KpsaID. The same seed and id give the same key. @throws BenchError FILE_UNREADABLE, DISK_FULL
 */
export async function mintCredentials(
  plan: Plan,
  folder: string,
): Promise<ReadonlyMap<string, MintedCredential>> {
  const minted = new Map<string, MintedCredential>()
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const { id } of plan.credentials) {
      if (!minted.has(id)) {
        const credential = { file: keyFile(folder, id), keyHex: provisionedKey(plan.seed, id) }
        // Exclusive, so that no key is ever written through a link or over somebody's file.
        await writeFile(credential.file, `${credential.keyHex}\n`, { mode: 0o600, flag: 'wx' })
        minted.set(id, credential)
      }
    }
  } catch (cause) {
    throw writingFailed(folder, cause)
  }
  return minted
}

/** Where the key of a credential is kept. @throws BenchError TOPOLOGY_INVALID when the id could leave the folder */
export function keyFile(folder: string, id: string): string {
  // TS-0003 10.5: letters, digits, `.`, `_`, `-`, then `@` and the issuer.
  if (!/^[\w.-]+@[\w.-]+$/.test(id) || id.length > 200) {
    throw new BenchError('TOPOLOGY_INVALID', `"${id}" is not a KpsaID`, {
      remedy: 'write <letters, digits, ., _, ->@<domain name>, at most 200 characters',
    })
  }
  return join(folder, `${id}.key`)
}

/** The key of a KpsaID in hexadecimal: it follows from the seed, so that the tester knows it too. */
export function provisionedKey(seed: number, id: string): string {
  return seededHex(seed, `Kpsa ${id}`, keyLength)
}

function writingFailed(folder: string, cause: unknown): BenchError {
  if (cause instanceof BenchError) {
    return cause
  }
  return new BenchError(
    codeOfWriteFailure(cause),
    `the keys cannot be written into ${folder}: ${String(cause)}`,
    { remedy: 'choose an empty folder on a disk with free space that you may write to', cause },
  )
}
