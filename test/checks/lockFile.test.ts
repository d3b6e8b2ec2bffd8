import { expect } from 'chai'
import { describe, it } from 'mocha'
import { checkLockFile } from '../../tools/checks/lockFile.ts'

function findings(packages: Record<string, object>): string[] {
  return checkLockFile(JSON.stringify({ packages })).map(({ message }) => message)
}

const sound = {
  '': { name: 'top', optionalDependencies: { native: '1.0.0' } },
  'node_modules/a': { version: '1.0.0', integrity: 'x', optionalDependencies: { b: '1', c: '1' } },
  'node_modules/a/node_modules/b': { version: '1.0.0', integrity: 'x', optional: true },
  'node_modules/c': { version: '1.0.0', optional: true },
  'node_modules/native': { version: '1.0.0', integrity: 'x', optional: true },
}

describe('the check of the lock file', () => {
  it('finds nothing in a sound one', () => {
    expect(findings(sound)).to.deep.equal([])
  })

  it('finds an optional dependency that is not locked, whoever names it', () => {
    const { 'node_modules/c': _c, ...withoutC } = sound
    expect(findings(withoutC)).to.deep.equal([
      'c, an optional dependency of node_modules/a, is not locked',
    ])
    const { 'node_modules/native': _native, ...withoutNative } = sound
    expect(findings(withoutNative).join()).to.contain('native')
  })

  it('finds hosts and missing integrity', () => {
    const host = { ...sound, 'node_modules/d': { integrity: 'x', resolved: 'https://host/d.tgz' } }
    expect(findings(host)).to.deep.equal(['node_modules/d names a host'])
    expect(findings({ ...sound, 'node_modules/d': { version: '1' } })).to.deep.equal([
      'node_modules/d has no integrity',
    ])
  })

  it('says of something else that it is no lock file', () => {
    for (const text of ['', '{', '[]', '{"packages": 3}'])
      expect(checkLockFile(text)).to.have.length(1)
  })
})
