import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { BenchError } from '../../../protocol/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import { lockAddress } from '../addressBlock.ts'
import type { Reservation } from '../runtime.ts'

/** Away from the ends of 10.0.0.0/8, where offices and engines like to be. */
const firstBlock = 100
const lastBlock = 227

/** IPv4 addresses as numbers, both ends included. */
interface Range {
  readonly from: number
  readonly to: number
}

/**
 * Reserves `10.<n>.0.0/16` for the networks of one plan: not used by a network of the engine, not by a route of this
 * machine, and by no other run here. @throws BenchError ADDRESS_IN_USE, ENGINE_FAILED
 */
export async function reserveFreeBlock(engine: Engine): Promise<Reservation> {
  const networks = await withEngineErrors('looking for networks', () =>
    engine.client.listNetworks(),
  )
  const subnets = networks.flatMap(({ IPAM: ipam }) => (ipam?.Config ?? []).map(subnetOf))
  // Routes matter where the engine's networks are this machine's.
  const routes = engine.address.startsWith('unix://') ? routesOf(readRoutes()) : []
  const taken = [...subnets, ...routes].filter((range) => range !== undefined)
  for (let number = firstBlock; number <= lastBlock; number += 1) {
    const block = `10.${number}`
    if (taken.some((range) => overlaps(range, rangeOf(`${block}.0.0`, 16)))) continue
    const release = await lockAddress(`127.241.${number}.254`)
    if (release === undefined) continue
    return { addressing: { scheme: 'networks', block }, release, [Symbol.asyncDispose]: release }
  }
  throw new BenchError(
    'ADDRESS_IN_USE',
    `every block of addresses from 10.${firstBlock}.0.0/16 to 10.${lastBlock}.0.0/16 is taken`,
    {
      remedy:
        './bench clean removes networks of dead runs; docker network ls and ip route show the others',
    },
  )
}

function subnetOf(config: { readonly Subnet?: string | undefined }): Range | undefined {
  const [address = '', bits] = (config.Subnet ?? '').split('/')
  return isIPv4(address) ? rangeOf(address, Number(bits ?? 32)) : undefined
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'latin1')
  } catch {
    // No such table: an engine on another system.
    return ''
  }
}

/** Lines of /proc/net/route; addresses and masks are hexadecimal, lowest octet first. The default route is no obstacle. */
export function routesOf(table: string): readonly Range[] {
  return table.split('\n').flatMap((line) => {
    const [, destination = '', , , , , , mask = ''] = line.split(/\s+/)
    if (!/^[\da-f]{8}$/i.test(destination) || !/^[\da-f]{8}$/i.test(mask)) return []
    const bits = numberOf(mask)
    if (bits === 0) return []
    const from = numberOf(destination)
    return [{ from, to: from + (0xffff_ffff - bits) }]
  })
}

function numberOf(hexadecimal: string): number {
  return Buffer.from(hexadecimal, 'hex').readUInt32LE()
}

function rangeOf(address: string, bits: number): Range {
  const size = 2 ** (32 - bits)
  const exact = Buffer.from(address.split('.').map(Number)).readUInt32BE()
  const from = Math.floor(exact / size) * size
  return { from, to: from + size - 1 }
}

function overlaps(a: Range, b: Range): boolean {
  return a.from <= b.to && b.from <= a.to
}
