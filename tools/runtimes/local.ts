import { writeFile } from 'node:fs/promises'
import type { NodeConfiguration, NodeEnvironment, RunningNode } from '../../nodes/contract.ts'
import { makeRecorder } from '../capture/pcapngWriter.ts'
import { toNodeConfiguration } from '../credentials/nodeConfiguration.ts'
import type { Fabric } from '../fabric/fabric.ts'
import { localTesterNetwork } from '../fabric/localTesterNetwork.ts'
import { openFabric } from '../fabric/openFabric.ts'
import { reserveAddressBlock } from './addressBlock.ts'
import { bringUpNetwork, type Ground, refuseInterrupted, type Site } from './bringUp.ts'
import { type Journal, openJournal } from './journal.ts'
import type { Runtime } from './runtime.ts'

export type StartNode = (
  configuration: NodeConfiguration,
  environment: NodeEnvironment,
) => Promise<RunningNode>

export interface LocalOptions {
  /** Default: our own nodes, in this process. */
  readonly startNode?: StartNode
  readonly journal?: Journal
}

const defaultReadyTimeoutMs = 5000

/** All nodes in this process, each on its own loopback address; every link through a wire. */
export function localRuntime(options: LocalOptions = {}): Runtime {
  const { startNode = startOwnNode, journal = openJournal() } = options
  return {
    name: 'local',
    reserve: reserveAddressBlock,
    bringUp: (plan, bringUpOptions) =>
      bringUpNetwork(plan, bringUpOptions, {
        journal,
        defaultReadyTimeoutMs,
        openGround: (site, undo) => openGround(site, undo, startNode),
      }),
  }
}

const startOwnNode: StartNode = async (configuration, environment) => {
  // Loaded when the first network comes up: what only plans or reports does without.
  const { startNode } = await import('../../nodes/startNode.ts')
  return startNode(configuration, environment)
}

async function openGround(
  site: Site,
  undo: AsyncDisposableStack,
  startNode: StartNode,
): Promise<Ground> {
  const { plan, folder, signal } = site
  const fabric = openFabric({ recorder: await makeRecorder(folder.recording), now: Date.now })
  undo.use(fabric)
  return {
    fabric,
    testerNetwork: localTesterNetwork(),
    async startNode(node) {
      const configuration = toNodeConfiguration(plan, node, folder.keys)
      await writeFile(folder.configurationOf(node.name), JSON.stringify(configuration, null, 2), {
        mode: 0o600,
      })
      refuseInterrupted(signal)
      return startNode(configuration, environmentOf(site, fabric, node.name))
    },
  }
}

function environmentOf({ log }: Site, fabric: Fabric, name: string): NodeEnvironment {
  return {
    emit: (event) => log.add(event.node === name ? event : { ...event, node: name }),
    keyLog: (line) => fabric.recorder.addSecret(line),
    now: Date.now,
  }
}
