import { assert } from 'chai'
import { BenchError } from '../../../../protocol/errors.ts'
import type { Engine } from '../../../../tools/engine/engine.ts'
import { reserveFreeBlock, routesOf } from '../../../../tools/runtimes/docker/freeBlock.ts'
import type { Reservation } from '../../../../tools/runtimes/runtime.ts'

/** An engine somewhere else, with these networks and nothing besides. */
function engineWith(subnets: readonly (string | undefined)[]): Engine {
  const networks = subnets.map((Subnet) => ({ IPAM: { Config: [{ Subnet }] } }))
  const client = { listNetworks: async () => [...networks, {}, { IPAM: {} }] }
  return {
    client: client as unknown as Engine['client'],
    kind: 'docker',
    version: '0',
    address: 'tcp://engine.example:2375',
    describe: () => 'an engine',
  }
}

describe('free blocks of addresses', () => {
  const reserved: Reservation[] = []
  afterEach(async () => {
    for (const one of reserved.splice(0)) await one.release()
  })
  async function reserve(subnets: readonly (string | undefined)[]): Promise<string> {
    const one = await reserveFreeBlock(engineWith(subnets))
    reserved.push(one)
    return one.addressing.block
  }

  it('are given out once, and again when released', async () => {
    const first = await reserve([])
    assert.notEqual(await reserve([]), first)
    await reserved[0]?.release()
    assert.equal(await reserve([]), first)
  })

  it('overlap with no network of the engine, larger or smaller', async () => {
    const first = Number((await reserve([])).split('.')[1])
    const next = await reserve([
      `10.${first + 1}.77.8/29`,
      `10.${first + 2}.0.0/15`,
      'fd00::/64',
      undefined,
      '172.17.0.0/16',
    ])
    // A network of two blocks begins at an even number.
    const taken = [first, first + 1, first + 2, first % 2 === 0 ? first + 3 : first + 2]
    assert.notInclude(
      taken.map((number) => `10.${number}`),
      next,
    )
  })

  it('are refused with a remedy when all is taken', async () => {
    const error = await reserve(['10.0.0.0/8']).catch((thrown: unknown) => thrown)
    assert.instanceOf(error, BenchError)
    assert.equal((error as BenchError).code, 'ADDRESS_IN_USE')
    assert.match((error as BenchError).remedy ?? '', /bench clean/)
  })

  it('take routes as the kernel lists them, and no notice of the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth1\t0000640A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'garbage',
    ].join('\n')
    const from = 10 * 2 ** 24 + 100 * 2 ** 16
    assert.deepEqual(routesOf(table), [{ from, to: from + 65_535 }])
  })
})
