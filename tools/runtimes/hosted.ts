import type { NodeConfiguration } from '../../nodes/contract.ts'
import type { NodeProgram, PlannedNode } from '../../topologies/plan.ts'
import { toNodeConfiguration } from '../credentials/nodeConfiguration.ts'
import { openRemoteFabric } from '../fabric/remoteFabric.ts'
import { bounded } from './bounded.ts'
import { bringUpNetwork, type Ground, refuseInterrupted, type Site } from './bringUp.ts'
import { awaitHostedNode } from './hostedNode.ts'
import { type Journal, openJournal } from './journal.ts'
import { lastWords } from './lastWords.ts'
import type { HostedAgent, NodeStart, OpenHost } from './nodeHost.ts'
import type { Runtime } from './runtime.ts'

export interface HostedRuntimeOptions extends Pick<Runtime, 'name' | 'reserve'> {
  readonly openHost: OpenHost
  /** Bound for each node to become ready, and again to register, where the caller sets none. */
  readonly defaultReadyTimeoutMs: number
  readonly journal?: Journal
  /** How programs of somebody else's can be given. Default: not at all. */
  readonly programs?: readonly (keyof NodeProgram)[]
}

/** A runtime whose nodes, and whose fabric, are programs that a host runs: all that is left to say is the host. */
export function hostedRuntime(options: HostedRuntimeOptions): Runtime {
  const {
    name,
    reserve,
    openHost,
    defaultReadyTimeoutMs,
    journal = openJournal(),
    programs,
  } = options
  return {
    name,
    reserve,
    bringUp: (plan, bringUpOptions) =>
      bringUpNetwork(plan, bringUpOptions, {
        journal,
        defaultReadyTimeoutMs,
        ...(programs && { programs }),
        openGround: (site, undo) => openGround(site, undo, openHost),
      }),
  }
}

/** After its stream is gone, the end of the program is news that comes at once, if it has ended. */
const endKnownWithinMs = 500

async function openGround(
  site: Site,
  undo: AsyncDisposableStack,
  openHost: OpenHost,
): Promise<Ground> {
  const { plan, folder, journal, progress, signal, log } = site
  const host = undo.use(await openHost({ plan, folder: folder.path, journal, progress, signal }))
  refuseInterrupted(signal)
  const agent = await host.startAgent()
  const fabric = await openRemoteFabric({
    input: agent.stdout,
    output: agent.stdin,
    agentPath: agent.recordingPath,
    path: folder.recording,
    readyTimeoutMs: site.timeoutMs,
    whyLost: watchAgent(agent),
  })
  undo.use(fabric)
  return {
    fabric,
    testerNetwork: fabric.testerNetwork,
    ...(host.byHand && { byHand: host.byHand }),
    async startNode(node) {
      const program = await host.startNode(nodeStart(site, node))
      return awaitHostedNode({
        name: node.name,
        program,
        log,
        signal,
        onSecret: (line) => fabric.recorder.addSecret(line),
      })
    },
  }
}

/** Why the stream of an agent went, as far as its program tells. */
export function watchAgent(agent: HostedAgent): () => Promise<string> {
  const words = lastWords(agent.stderr)
  return async () => {
    const bound = { what: 'the agent to end', timeoutMs: endKnownWithinMs }
    const because = await bounded(agent.ended, bound).then(
      (end) => `its program has ended: ${end.because}`,
      () => 'its program goes on',
    )
    const said = words()
    return said === '' ? because : `${because}; it said: ${said}`
  }
}

/** What a host is told of a node. */
export function nodeStart({ plan, folder }: Site, node: PlannedNode): NodeStart {
  const configure = (keyFolder: string): NodeConfiguration =>
    toNodeConfiguration(plan, node, keyFolder, { control: { streams: true }, keyLogToStream: true })
  return { node, configure, keyFiles: [...new Set(keyFilesIn(configure(folder.keys)))] }
}

/** Every `keyFile` in it, however deep. */
function keyFilesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'keyFile' && typeof member === 'string' ? [member] : keyFilesIn(member),
  )
}
