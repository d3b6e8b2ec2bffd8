import type { Finding } from './finding.ts'

export const lockFile = 'package-lock.json'

/** What is looked at of an entry; the top entry has neither integrity nor version that matters here. */
interface LockEntry {
  readonly resolved?: string
  readonly integrity?: string
  readonly optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * The lock file must work on every machine: each optional dependency that a package names is locked too (`npm ci` refuses
 * the whole file otherwise), every package that can be needed has its integrity, and no entry names a host.
 */
export function checkLockFile(text: string): readonly Finding[] {
  const entries = packagesOf(text)
  if (entries === undefined) return [finding('is no lock file of npm', 'make it again with npm')]
  const found: Finding[] = []
  for (const [path, entry] of Object.entries(entries)) {
    if (entry.resolved !== undefined)
      found.push(finding(`${path} names a host`, 'keep omit-lockfile-registry-resolved in .npmrc'))
    if (path !== '' && entry.integrity === undefined && entry.optional !== true)
      found.push(finding(`${path} has no integrity`, 'install the package again'))
    for (const name of Object.keys(entry.optionalDependencies ?? {}))
      if (!isLocked(entries, path, name))
        found.push(
          finding(
            `${name}, an optional dependency of ${path}, is not locked`,
            'add it: npm ci refuses a lock file that lacks the packages of other platforms',
          ),
        )
  }
  return found
}

/** As Node looks a package up: beside the one that names it, then in each folder above. */
function isLocked(
  entries: Readonly<Record<string, LockEntry>>,
  path: string,
  name: string,
): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('node_modules/') - 1, 0))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in entries) return true
    if (at === '') return false
  }
}

function packagesOf(text: string): Readonly<Record<string, LockEntry>> | undefined {
  try {
    const packages: unknown = JSON.parse(text).packages
    return typeof packages === 'object' && packages !== null ? { ...packages } : undefined
  } catch {
    return undefined
  }
}

function finding(message: string, remedy: string): Finding {
  return { file: lockFile, line: 1, message, remedy }
}
