/** The scenario of the reference network: AE2 keeps a container on its registrar, and others report into it. */

import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { Json, JsonObject } from '../../protocol/primitive.ts'
import { expectStatus, needSuccess } from './outcomes.ts'
import { absoluteIdOf, aeAddressOf } from './planned.ts'
import {
  createAccessControlPolicy,
  createContainer,
  createContentInstance,
  type Grant,
  Privilege,
  retrieve,
  update,
} from './requests.ts'
import type { TestSystem } from './testSystem.ts'

export interface ReadingsOptions {
  /** AE that owns the container. Default `AE2`. */
  readonly owner?: string
  /** Who else may do what. Default: AE1 may create and retrieve. */
  readonly grants?: readonly Grant[]
}

/**
 * Has the owner make a policy and a container below its own AE resource; returns the SP-relative address of the
 * container. Names are fresh on every call, so that a stimulus can be sent again. Set-up: trouble is inconclusive.
 */
export async function openReadings(
  tester: TestSystem,
  options: ReadingsOptions = {},
): Promise<string> {
  const { plan } = tester
  const owner = options.owner ?? 'AE2'
  const home = aeAddressOf(plan, owner)
  const suffix = tester.requestId()
  const everything: Grant = {
    originators: [absoluteIdOf(plan, owner)],
    operations: Privilege.all,
  }
  const grants = options.grants ?? [mayReport(tester, 'AE1')]
  const policy = {
    name: `policy-${suffix}`,
    owner: absoluteIdOf(plan, owner),
    grants: [everything, ...grants],
  }
  const made = await tester.entity(owner).request(createAccessControlPolicy(home, policy))
  needSuccess(made, `${owner} creates a policy`)
  const name = `readings-${suffix}`
  const attributes = { acpi: [`${home}/${policy.name}`] }
  const container = await tester.entity(owner).request(createContainer(home, name, attributes))
  needSuccess(container, `${owner} creates a container`)
  return `${home}/${name}`
}

/** The grant of a sensor: create readings and retrieve them. */
export function mayReport(tester: TestSystem, entity: string): Grant {
  return {
    originators: [absoluteIdOf(tester.plan, entity)],
    operations: Privilege.create + Privilege.retrieve,
  }
}

/** Has an AE that listens let another entity notify it: a policy, linked to its own AE resource. */
export async function openDoor(tester: TestSystem, owner: string, guest: string): Promise<void> {
  const { plan } = tester
  const home = aeAddressOf(plan, owner)
  const own = absoluteIdOf(plan, owner)
  const name = `door-${tester.requestId()}`
  const grants: Grant[] = [
    { originators: [own], operations: Privilege.all },
    { originators: [absoluteIdOf(plan, guest)], operations: Privilege.notify },
  ]
  const policy = createAccessControlPolicy(home, { name, owner: own, grants })
  needSuccess(await tester.entity(owner).request(policy), `${owner} creates a policy`)
  const linked = update(home, { 'm2m:ae': { acpi: [`${home}/${name}`] } })
  needSuccess(await tester.entity(owner).request(linked), `${owner} links the policy`)
}

/** AE1 reports a reading; the judge is told that it travels this path and is done there. */
export function report(
  tester: TestSystem,
  container: string,
  reading: string,
  path: readonly string[],
): Promise<RequestOutcome> {
  const rqi = tester.requestId()
  tester.expectJourney({ rqi, path, delivered: true })
  return tester.entity('AE1').request({ ...createContentInstance(container, reading), rqi })
}

/** The content of the latest reading, as an entity retrieves it, and the identifier of that request. */
export async function retrieveLatest(
  tester: TestSystem,
  entity: string,
  container: string,
): Promise<{ readonly rqi: string; readonly latest: Json | undefined }> {
  const outcome = await tester.entity(entity).request({ ...retrieve(`${container}/la`), rvi: '3' })
  const { pc } = expectStatus(outcome, 2000, `${entity} retrieves the latest reading`)
  return { rqi: outcome.rqi, latest: contentOf(pc) }
}

function contentOf(pc: Json | undefined): Json | undefined {
  const instance = asObject(asObject(pc)['m2m:cin'])
  return instance.con
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
