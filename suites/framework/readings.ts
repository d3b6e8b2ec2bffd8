/** The scenario of the reference network: AE2 keeps a container on its registrar, and others report into it. */

import { needSuccess } from './outcomes.ts'
import { absoluteIdOf, aeAddressOf } from './planned.ts'
import { createAccessControlPolicy, createContainer, type Grant, Privilege } from './requests.ts'
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
