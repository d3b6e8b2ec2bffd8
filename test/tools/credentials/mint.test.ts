import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { keyFile, mintCredentials } from '../../../tools/credentials/mint.ts'
import type { Plan } from '../../../topologies/plan.ts'
import { planOf } from '../runtimes/plans.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

describe('mintCredentials', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let plan: Plan
  beforeEach(() => {
    folder = temporaryFolder()
    plan = planOf('reference')
  })
  afterEach(() => folder.remove())

  it('writes a key of 32 bytes per credential that only its owner may read', async () => {
    const keys = join(folder.path, 'keys')
    const minted = await mintCredentials(plan, keys)
    expect([...minted.keys()]).to.have.members(plan.credentials.map(({ id }) => id))
    expect(minted.size).to.be.greaterThan(2)
    expect(statSync(keys).mode & 0o777).to.equal(0o700)
    for (const { file, keyHex } of minted.values()) {
      expect(keyHex).to.match(/^[0-9a-f]{64}$/)
      expect(readFileSync(file, 'utf8').trim()).to.equal(keyHex)
      expect(statSync(file).mode & 0o777).to.equal(0o600)
    }
    expect(new Set([...minted.values()].map(({ keyHex }) => keyHex)).size).to.equal(minted.size)
  })

  it('derives keys from seed and id alone', async () => {
    const first = await mintCredentials(plan, join(folder.path, '1'))
    const again = await mintCredentials(plan, join(folder.path, '2'))
    const other = await mintCredentials({ ...plan, seed: 43 }, join(folder.path, '3'))
    for (const [id, { keyHex }] of first) {
      expect(again.get(id)?.keyHex).to.equal(keyHex)
      expect(other.get(id)?.keyHex).not.to.equal(keyHex)
    }
  })

  it('never writes over a file or through a link', async () => {
    const id = plan.credentials[0]?.id ?? ''
    const victim = join(folder.path, 'victim')
    writeFileSync(victim, 'precious')
    symlinkSync(victim, keyFile(folder.path, id))
    const failure = await mintCredentials(plan, folder.path).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'FILE_UNREADABLE')
    expect(readFileSync(victim, 'utf8')).to.equal('precious')
    expect(readdirSync(folder.path)).to.have.length(2)
  })

  it('refuses an id that would leave the folder', () => {
    for (const id of [
      '../x@y',
      'a/b@c',
      'x@../y',
      'nothing',
      '@',
      `${'a'.repeat(200)}@b`,
      'a@b\n',
    ]) {
      expect(() => keyFile('/keys', id), id)
        .to.throw()
        .with.property('code', 'TOPOLOGY_INVALID')
    }
    expect(keyFile('/keys', 'kpsa-1@sp.example')).to.equal('/keys/kpsa-1@sp.example.key')
  })
})
