import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from '../../checks/finding.ts'
import { importsOf } from '../../checks/importsOf.ts'
import { readSources } from '../../checks/sources.ts'
import type { ImageFile } from './imageFile.ts'
import { type LockedPackage, lockedPackages } from './lockedPackages.ts'

/** Where our code is in the image. */
export const codeFolder = '/opt/onem2m-bench'

/** What runs in containers: nodes, and the fabric with its recordings. */
const taken = /^(protocol|nodes|topologies|tools\/(fabric|capture))\//

export interface Code {
  readonly files: readonly ImageFile[]
  readonly packages: readonly LockedPackage[]
}

/** Our programs for the image, what they import from elsewhere in the project, and the packages they use. */
export function codeFiles(benchFolder: string): Code {
  const { paths, packageNames } = closure(readSources(benchFolder))
  const packages = lockedPackages(benchFolder, packageNames)
  const own = ['package.json', ...paths].map((path) => copyOf(benchFolder, path))
  const foreign = packages.flatMap(({ path }) =>
    filesOfPackage(benchFolder, path).map((file) => copyOf(benchFolder, file)),
  )
  return { files: [...own, ...foreign], packages }
}

function closure(sources: readonly SourceFile[]): { paths: string[]; packageNames: string[] } {
  const all = new Map(sources.map((file) => [file.path, file]))
  const reached = new Set<string>()
  const packageNames = new Set<string>()
  const waiting = [...all.keys()].filter((path) => taken.test(path))
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = all.get(path)
    if (file === undefined || reached.has(path)) continue
    reached.add(path)
    for (const { specifier, target, isTypeOnly } of path.endsWith('.ts') ? importsOf(file) : []) {
      if (isTypeOnly) continue
      if (target !== undefined) waiting.push(target)
      else if (specifier !== undefined && !specifier.startsWith('node:'))
        packageNames.add(nameOfPackage(specifier))
    }
  }
  return { paths: [...reached].sort(), packageNames: [...packageNames].sort() }
}

/** `@scope/name/file` and `name/file` without the file. */
function nameOfPackage(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** All files of a package but those of packages inside it, which the lock lists by themselves, and what only editors read. */
function filesOfPackage(benchFolder: string, folder: string): readonly string[] {
  return readdirSync(join(benchFolder, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory())
        return entry.name === 'node_modules' ? [] : filesOfPackage(benchFolder, path)
      return entry.isFile() && !/\.(map|md|d\.[cm]?ts)$/i.test(entry.name) ? [path] : []
    })
}

function copyOf(benchFolder: string, path: string): ImageFile {
  return {
    kind: 'copy',
    path: `${codeFolder}/${path}`,
    mode: 0o644,
    source: join(benchFolder, path),
  }
}
