import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test; `remove` in afterEach. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'onem2m-bench-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
