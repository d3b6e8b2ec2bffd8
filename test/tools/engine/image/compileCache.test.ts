import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assert } from 'chai'
import { cacheEnvironment, compileCache } from '../../../../tools/engine/image/compileCache.ts'
import { temporaryFolder } from '../../temporaryFolder.ts'

const benchFolder = join(import.meta.dirname, '..', '..', '..', '..')

describe('the compile cache of the image', function () {
  this.timeout(30_000)
  const folder = temporaryFolder()
  after(() => folder.remove())

  it('is taken by Node where the same code lies somewhere else', () => {
    for (const part of ['protocol', 'nodes', 'package.json'])
      cpSync(join(benchFolder, part), join(folder.path, part), { recursive: true })
    symlinkSync(join(benchFolder, 'node_modules'), join(folder.path, 'node_modules'))
    const user = process.getuid?.() ?? 0
    for (const file of compileCache(benchFolder)) {
      assert.equal(file.kind, 'bytes')
      if (file.kind !== 'bytes') continue
      const inImage = file.path.slice(cacheEnvironment.NODE_COMPILE_CACHE.length)
      assert.match(inImage, /^\/v[^/]+-10001\//)
      const own = inImage.replace(/-10001\//, `-${user}/`)
      const path = join(folder.path, '.bench/compile-cache', own)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, file.bytes)
    }
    const { stderr } = spawnSync(process.execPath, ['nodes/main.ts'], {
      cwd: folder.path,
      encoding: 'utf8',
      env: {
        ...cacheEnvironment,
        NODE_COMPILE_CACHE: join(folder.path, '.bench/compile-cache'),
        NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
      },
    })
    assert.match(stderr, /nodes\/main\.ts was accepted/)
    assert.match(stderr, /nodes\/startNode\.ts was accepted/)
  })

  it('leaves nothing behind', () => {
    compileCache(folder.path)
    assert.notMatch(readdirSync(join(folder.path, '.bench')).join(' '), /compile-cache-/)
  })
})
