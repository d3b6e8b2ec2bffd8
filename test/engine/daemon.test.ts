import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { startDaemon, startedDaemon, stopDaemon } from '../../tools/engine/daemon.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'

describe('a real engine of its own', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(async () => {
    await stopDaemon(folder.path)
    folder.remove()
  })

  it('is started, answers, and is stopped', async function () {
    this.timeout(120_000)
    const at = (name: string) => join(folder.path, name)
    const engine = await startDaemon({
      benchFolder: folder.path,
      socket: at('engine.sock'),
      pidFile: at('engine.pid'),
      withSystemd: false,
      // Beside the engine of this machine: with folders of its own, and without touching its networks.
      words: [
        ...['--data-root', at('data'), '--exec-root', at('exec')],
        ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
      ],
    })
    expect(engine.kind).to.equal('docker')
    expect(await engine.client.listContainers({ all: true })).to.deep.equal([])
    expect(startedDaemon(folder.path)?.program).to.equal('dockerd')
    expect(await stopDaemon(folder.path)).to.equal(true)
    expect(startedDaemon(folder.path)).to.equal(undefined)
  })
})
