import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { assert } from 'chai'
import { describeNetwork } from '../../../tools/cli/networkText.ts'
import { bringUpInContainers } from './testNetwork.ts'

const shell = promisify(execFile)

describe('a network in containers, by hand', function () {
  this.timeout(120_000)

  it('is reached by the commands that are printed, as they stand', async () => {
    await using network = await bringUpInContainers()
    const { plan, testbed } = network
    const lines = describeNetwork(plan, join(testbed.folder, 'keys'), testbed.byHand)
    const commands = lines.flatMap((line) => /(?:printf|nsenter) .*/.exec(line)?.[0] ?? [])
    const connecting = commands.filter((command) => command.startsWith('printf'))
    assert.lengthOf(connecting, 3)
    for (const command of connecting) {
      const { stdout } = await shell('sh', ['-c', command], { timeout: 20_000 })
      assert.match(stdout, /X-M2M-RSC: 2000/)
    }
    const into = lines.flatMap((line) => /docker exec -it (\S+-fabric .*)/.exec(line)?.[1] ?? [])
    assert.lengthOf(into, 1)
    const { stdout } = await shell('sh', ['-c', `docker exec ${into[0]} -p 40+2`])
    assert.equal(stdout.trim(), '42')
  })
})
