import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The project's own folder. */
export const benchFolder = join(import.meta.dirname, '..', '..')

/** Version of the package and commit of the checkout; `unknown` outside one. */
export function benchVersion(): { version: string; commit: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(benchFolder, 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unknown'
  return { version, commit: commitOfCheckout() }
}

function commitOfCheckout(): string {
  try {
    const options = {
      cwd: benchFolder,
      stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
    }
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options)
      .toString()
      .trim()
    const changed =
      execFileSync('git', ['status', '--porcelain', '--untracked-files=no'], options).length > 0
    return changed ? `${commit}+changes` : commit
  } catch {
    return 'unknown'
  }
}
