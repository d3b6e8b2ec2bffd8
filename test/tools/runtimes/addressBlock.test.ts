import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { reserveAddressBlock } from '../../../tools/runtimes/addressBlock.ts'

describe('reserveAddressBlock', () => {
  it('gives each asker another block and takes them back', async () => {
    const [one, two] = [await reserveAddressBlock(), await reserveAddressBlock()]
    try {
      expect(one.addressing.block).to.match(/^127\.\d+$/)
      expect(two.addressing.block).not.to.equal(one.addressing.block)
    } finally {
      await one.release()
      await two.release()
    }
    // Free again, unless another run took it this very moment.
    const server = createServer().listen(20_000, `${two.addressing.block}.255.254`)
    const event = await Promise.race([once(server, 'listening'), once(server, 'error')])
    server.close()
    expect(event).to.deep.equal([])
  })
})
