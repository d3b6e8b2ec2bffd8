import { BenchError } from '../../protocol/errors.ts'
import type { OutgoingRequest } from '../../protocol/exchange.ts'
import { type JsonObject, Operation } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { readOutcome, tell } from '../testSystem/control.ts'
import { type Device, homeOf } from './devices.ts'
import type { LoadFile } from './loadFile.ts'

/** The request each device will repeat, by entity. */
export type Requests = ReadonlyMap<string, OutgoingRequest>

/** An AE that acts for the preparation. */
interface Actor {
  readonly node: string
  readonly entity: string
}

/** Devices prepare side by side, so many at a time. */
const atATime = 32
/** A container keeps so many instances, so that a long load does not fill the CSE. */
const instancesKept = 1000

/**
 * Makes a container for each device where the load wants it, and gives the device its rights; returns what the devices are to
 * send. Everything by requests that the AEs of the network make. @throws BenchError LOAD_INVALID, CONTROL_REFUSED
 */
export async function prepareTargets(
  testbed: Testbed,
  devices: readonly Device[],
  load: LoadFile,
): Promise<Requests> {
  const content = contentOf(load.payloadBytes)
  const containers =
    load.target === 'registrar'
      ? await atRegistrars(testbed, devices)
      : await atInfrastructure(testbed, devices)
  const instance = (to: string) => create(to, ResourceType.contentInstance, content)
  if (load.operation === 'create') return mapValues(containers, instance)
  await inGroups(devices, async ({ node, entity }) => {
    const to = containers.get(entity) ?? ''
    await need(testbed, { node, entity }, instance(to))
  })
  return mapValues(containers, (to) => ({ op: Operation.retrieve, to: `${to}/la` }))
}

/** Below its own AE resource a device needs nobody's leave. */
async function atRegistrars(
  testbed: Testbed,
  devices: readonly Device[],
): Promise<ReadonlyMap<string, string>> {
  await inGroups(devices, ({ node, entity, home }) =>
    need(testbed, { node, entity }, createContainer(home, 'load')),
  )
  return new Map(devices.map(({ entity, home }) => [entity, `${home}/load`]))
}

/** An AE that is registered with the IN-CSE makes container and policy for each device: nobody else may there. */
async function atInfrastructure(
  testbed: Testbed,
  devices: readonly Device[],
): Promise<ReadonlyMap<string, string>> {
  const { plan } = testbed
  const { owner, home, ownerId } = infrastructureOwner(plan)
  const containers = new Map<string, string>()
  for (const { entity, aeId } of devices) {
    if (aeId === undefined) {
      throw new BenchError('LOAD_INVALID', `the AE-ID of ${entity} is not known beforehand`, {
        remedy: 'give it a complete `stem` in the topology, or use `target: registrar`',
      })
    }
    const grants = [ruleOf(ownerId, everything), ruleOf(aeId, createAndRetrieve)]
    const policy = { rn: `may-${entity}`, pv: { acr: grants }, pvs: { acr: grants.slice(0, 1) } }
    await need(
      testbed,
      owner,
      create(home, ResourceType.accessControlPolicy, { 'm2m:acp': policy }),
    )
    const attributes = { acpi: [`${home}/may-${entity}`] }
    await need(testbed, owner, createContainer(home, `of-${entity}`, attributes))
    containers.set(entity, `${home}/of-${entity}`)
  }
  return containers
}

function infrastructureOwner(plan: Plan): { owner: Actor; home: string; ownerId: string } {
  const inNode = plan.nodes.find(({ kind }) => kind === 'in')?.name
  const hosts = plan.links
    .filter((link) => link.referencePoint === 'Mca' && link.registrar.node === inNode)
    .map((link) => link.registree.node)
  for (const node of plan.nodes) {
    if (!hosts.includes(node.name) || node.kind === 'adn' || !node.autoRegister) continue
    for (const ae of node.aes) {
      if (ae.aeId === undefined) continue
      const owner = { node: node.name, entity: ae.name }
      return { owner, home: homeOf(plan, ae), ownerId: ae.aeId }
    }
  }
  throw new BenchError(
    'LOAD_INVALID',
    `\`target: infrastructure\` needs an AE in the infrastructure domain, and \`${plan.name}\` has none`,
    { remedy: 'add a node of kind in-ae to the topology, or use `target: registrar`' },
  )
}

/** Operation bits (TS-0004 6.3.4.2.29). */
const everything = 63
const createAndRetrieve = 3

function ruleOf(originator: string, operations: number): JsonObject {
  return { acor: [originator], acop: operations }
}

function createContainer(to: string, name: string, attributes: JsonObject = {}): OutgoingRequest {
  const content = { rn: name, mni: instancesKept, ...attributes }
  return create(to, ResourceType.container, { 'm2m:cnt': content })
}

function create(to: string, ty: number, pc: JsonObject): OutgoingRequest {
  return { op: Operation.create, to, ty, pc }
}

/** So many octets of text. */
function contentOf(bytes: number): JsonObject {
  const digits = '0123456789'
  return { 'm2m:cin': { con: digits.repeat(Math.ceil(bytes / digits.length)).slice(0, bytes) } }
}

/** Has an AE make a request that must succeed. */
async function need(
  testbed: Testbed,
  { node, entity }: Actor,
  request: OutgoingRequest,
): Promise<void> {
  const told = await tell(testbed, node, { do: 'request', entity, request })
  const outcome = readOutcome(node, told)
  if (outcome.outcome === 'response' && isSuccess(outcome.response.rsc)) return
  const why =
    outcome.outcome === 'response' ? `answered with ${outcome.response.rsc}` : outcome.because
  throw new BenchError(
    'CONTROL_REFUSED',
    `preparing the load, ${entity} asked for ${request.to}: ${why}`,
    { remedy: 'bring the network up with `./bench up` and try the request by hand' },
  )
}

async function inGroups<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const lanes = Array.from({ length: atATime }, async () => {
    for (const item of left) await act(item)
  })
  await Promise.all(lanes)
}

function mapValues<A, B>(map: ReadonlyMap<string, A>, of: (value: A) => B): ReadonlyMap<string, B> {
  return new Map([...map].map(([key, value]) => [key, of(value)]))
}
