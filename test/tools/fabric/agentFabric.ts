import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import type { BenchError } from '../../../protocol/errors.ts'
import { runAgent } from '../../../tools/fabric/agent/agent.ts'
import { openRemoteFabric, type RemoteFabric } from '../../../tools/fabric/remoteFabric.ts'

export interface AgentFabric {
  readonly fabric: RemoteFabric
  /** Resolves when the agent has ended. */
  readonly agent: Promise<BenchError | undefined>
  /** Breaks the stream between the two. */
  cutOff(): void
}

/** A fabric behind an agent, both in this process, with a stream between them; recorded as `run.pcapng` in the folder. */
export async function openAgentFabric(folder: string): Promise<AgentFabric> {
  const [near, far] = duplexPair()
  const agent = runAgent({ input: far, output: far })
  const fabric = await openRemoteFabric({
    input: near,
    output: near,
    agentPath: join(folder, 'agent.pcapng'),
    path: join(folder, 'run.pcapng'),
    readyTimeoutMs: 1000,
    whyLost: async () => 'a test',
  })
  return { fabric, agent, cutOff: () => void far.destroy() }
}
