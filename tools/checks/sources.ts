import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './finding.ts'

/** Everything people wrote: the project without what is installed, generated or recorded. */
export function readSources(top: string): readonly SourceFile[] {
  return filesBelow(top, '')
    .filter((path) => /\.(ts|md|ya?ml|json|sh)$/.test(path) || path === 'bench')
    .filter((path) => path !== 'package-lock.json')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(top, path), 'utf8') }))
}

const leftOut = new Set(['node_modules', '.git', 'runs', '.bench', 'fixtures'])

function filesBelow(top: string, folder: string): readonly string[] {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (leftOut.has(entry.name)) return []
    if (entry.isDirectory()) return filesBelow(top, path)
    return entry.isFile() ? [path] : []
  })
}
