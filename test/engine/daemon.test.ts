import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { startDaemon, startedDaemon, stopDaemon } from '../../tools/engine/daemon.ts'
import type { Engine } from '../../tools/engine/engine.ts'
import { withEngineErrors } from '../../tools/engine/engineErrors.ts'
import { ensureImage } from '../../tools/engine/image.ts'
import { failureOf } from '../tools/engine/fakeEngine.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'

describe('a real engine of its own', function () {
  this.timeout(120_000)
  let folder: ReturnType<typeof temporaryFolder>
  let cleanUps: (() => Promise<unknown> | unknown)[]
  beforeEach(() => {
    folder = temporaryFolder()
    cleanUps = [() => stopDaemon(folder.path)]
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
    folder.remove()
  })

  const at = (name: string) => join(folder.path, name)

  /** Beside the engine of this machine: with folders of its own, and a namespace of its own for its networks. */
  function start(words: readonly string[] = []): Promise<Engine> {
    const program = at('dockerd-in-namespace')
    writeFileSync(program, '#!/bin/sh\nexec unshare --net dockerd "$@"\n', { mode: 0o755 })
    return startDaemon({
      benchFolder: folder.path,
      socket: at('engine.sock'),
      pidFile: at('engine.pid'),
      program,
      withSystemd: false,
      words: [
        ...['--data-root', at('data'), '--exec-root', at('exec')],
        ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
        ...words,
      ],
    })
  }

  it('is started, answers, and is stopped', async () => {
    const engine = await start()
    expect(engine.kind).to.equal('docker')
    expect(await engine.client.listContainers({ all: true })).to.deep.equal([])
    expect(startedDaemon(folder.path)?.socket).to.equal(at('engine.sock'))
    expect(await stopDaemon(folder.path)).to.equal(true)
    expect(startedDaemon(folder.path)).to.equal(undefined)
  })

  it('says that its disk is full when the image does not fit', async () => {
    mkdirSync(at('data'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', at('data')])
    cleanUps.push(() => execFileSync('umount', ['--recursive', at('data')]))
    const failure = await failureOf(ensureImage(await start()))
    expect(failure).to.include({ code: 'DISK_FULL' })
    expect(failure.message).to.contain('no space left on device')
    expect(failure.remedy).to.contain('./bench clean')
  })

  it('says when it has no addresses left, and when they are taken', async () => {
    const engine = await start(['--default-address-pool', 'base=10.254.253.0/28,size=29'])
    const make = (name: string, subnet?: string) =>
      withEngineErrors(`making the network ${name}`, async () => {
        const ipam = subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: subnet }] } }
        const network = await engine.client.createNetwork({ Name: name, Internal: true, ...ipam })
        cleanUps.unshift(() => network.remove())
      })
    await make('first')
    await make('second')
    const failure = await failureOf(make('third'))
    expect(failure).to.include({ code: 'ADDRESS_IN_USE' })
    expect(failure.message).to.contain('no address pool left')
    const taken = await failureOf(make('fourth', '10.254.253.0/29'))
    expect(taken).to.include({ code: 'ADDRESS_IN_USE' })
    expect(taken.message).to.contain('the addresses of a network are taken')
  })
})
