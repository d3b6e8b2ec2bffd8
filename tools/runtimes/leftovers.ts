import { type Dirent, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Names of files of a run before they are whole and get their real name. */
const halfWritten =
  /^(outcome\.json\.partial|(run\.json|junit\.xml|report\.html)\.\d+\.unfinished)$/

/** Folders inside of folders that a run makes; more is not its doing. */
const deepest = 8

/**
 * Takes away what a killed run left between two steps: files that were being written, and folders that nothing came into,
 * last the folder itself. Everything else in it stays. Says what it removed.
 */
export function removeLeftovers(folder: string, depth = 0): string[] {
  if (depth > deepest) return []
  const removed = entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return removeLeftovers(path, depth + 1)
    if (!entry.isFile() || !halfWritten.test(entry.name)) return []
    rmSync(path)
    return [`file ${path}`]
  })
  if (entriesOf(folder).length > 0) return removed
  rmdirSync(folder)
  return [...removed, `folder ${folder}`]
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true })
}
