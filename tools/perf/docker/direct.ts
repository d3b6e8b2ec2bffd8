import { randomBytes } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { ensureImage } from '../../engine/image.ts'
import { ownLabels } from '../../engine/labels.ts'
import { reserveFreeBlock } from '../../runtimes/docker/freeBlock.ts'
import { createNetwork } from '../../runtimes/docker/networks.ts'
import { type Exchanged, measure, parseExchanged, serve } from './exchange.ts'

const port = 7000

/**
 * Two containers on one network, without the bench: they are run by `testcontainers`, so that what the fabric is compared with
 * owes nothing to our own way of running containers.
 */
export async function directFigures(engine: Engine): Promise<Exchanged> {
  process.env.DOCKER_HOST = engine.address
  // Its own clean-up is a container from an image that a closed lab cannot pull; our labels take its place.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  const { GenericContainer, Wait } = await import('testcontainers')
  const { name: image } = await ensureImage(engine)
  const labels = { ...ownLabels('perf') }
  await using cleanUp = new AsyncDisposableStack()
  const block = cleanUp.use(await reserveFreeBlock(engine))
  const { block: prefix } = block.addressing
  const network = await createNetwork(engine, {
    name: `onem2m-bench-perf-${randomBytes(6).toString('hex')}`,
    labels,
    subnet: `${prefix}.0.0/29`,
    gateway: `${prefix}.0.1`,
  })
  cleanUp.defer(() => network.remove())
  const start = async (program: string) => {
    const container = await new GenericContainer(image)
      .withCommand(['-e', program])
      .withLabels(labels)
      .withNetworkMode(network.name)
      .withWaitStrategy(Wait.forLogMessage('ready'))
      .start()
    cleanUp.defer(async () => {
      await container.stop({ timeout: 0 })
    })
    return container
  }
  const server = await start(`${serve} serve('0.0.0.0', ${port}, () => console.log('ready'))`)
  const client = await start(`console.log('ready'); setInterval(() => {}, 1e9)`)
  const host = server.getIpAddress(network.name)
  const program = `${measure} measure('${host}', ${port}).then((found) => console.log(JSON.stringify(found)))`
  const { output, exitCode } = await client.exec(['/usr/local/bin/node', '-e', program])
  if (exitCode !== 0) throw new Error(`the client ended with ${exitCode}: ${output}`)
  return parseExchanged(JSON.parse(output))
}
