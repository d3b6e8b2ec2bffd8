import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { makeFolder } from '../../tools/makeFolder.ts'
import { temporaryFolder } from './temporaryFolder.ts'

describe('tools/makeFolder', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('makes what is missing, and leaves what is there', () => {
    const path = join(folder.path, 'a', 'b', 'c')
    makeFolder(path)
    makeFolder(path)
    expect(existsSync(path)).to.equal(true)
  })

  it('fails below a file', () => {
    writeFileSync(join(folder.path, 'file'), '')
    expect(() => makeFolder(join(folder.path, 'file', 'a'))).to.throw(/EEXIST/)
    expect(() => makeFolder(join(folder.path, 'file'))).to.throw(/EEXIST/)
  })

  it('comes to an end where the system lets nobody make a folder', () => {
    const file = new URL('../../tools/makeFolder.ts', import.meta.url)
    const program = `import { makeFolder } from '${file}'; makeFolder('/proc/none/of/ours')`
    const { stderr, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 10_000,
    })
    expect(signal).to.equal(null)
    expect(stderr).to.contain('ENOENT')
  })
})
