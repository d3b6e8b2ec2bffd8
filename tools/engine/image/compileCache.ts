import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { codeFolder } from './codeFiles.ts'
import type { ImageFile } from './imageFile.ts'
import { unprivilegedUser } from './systemFiles.ts'

/** What the programs in the image are started as; without words they end at once, having loaded all their code. */
const programs = ['nodes/main.ts', 'tools/fabric/agent/main.ts'] as const

const cacheFolder = `${codeFolder}/.bench/compile-cache`

/** So that Node takes the cache in the image, which it can only read. */
export const cacheEnvironment = {
  NODE_COMPILE_CACHE: cacheFolder,
  NODE_COMPILE_CACHE_PORTABLE: '1',
} as const

const loadTimeoutMs = 30_000

/**
 * Our code as Node keeps it once it has stripped the types and compiled it: a node is then loaded in a third of the time.
 * Node checks every entry against the code it belongs to. What cannot be made is left out: it only saves time.
 */
export function compileCache(benchFolder: string): readonly ImageFile[] {
  const own = join(benchFolder, '.bench')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  // As deep below the code as in the image: entries go by the way from the cache to the code.
  const made = mkdtempSync(join(own, 'compile-cache-'))
  try {
    for (const program of programs)
      spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
        cwd: benchFolder,
        env: { NODE_COMPILE_CACHE: made, NODE_COMPILE_CACHE_PORTABLE: '1' },
        input: '',
        stdio: ['pipe', 'ignore', 'ignore'],
        timeout: loadTimeoutMs,
      })
    return filesOf(made)
  } finally {
    rmSync(made, { recursive: true })
  }
}

function filesOf(made: string): readonly ImageFile[] {
  return readdirSync(made, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name)
      const path = `${cacheFolder}/${nameForUser(relative(made, source))}`
      return { kind: 'bytes', path, mode: 0o644, bytes: readFileSync(source) }
    })
}

/** Node keeps one folder per version and user, `v24.1.0-x64-0123abcd-1000/…`. */
function nameForUser(path: string): string {
  return path.replace(/^(v[^/]+)-\d+\//, `$1-${unprivilegedUser}/`)
}
