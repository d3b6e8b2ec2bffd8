import { once } from 'node:events'
import { createServer } from 'node:net'
import type { NodeConfiguration, NodeEnvironment, RunningNode } from '../../../nodes/contract.ts'
import { BenchError } from '../../../protocol/errors.ts'
import type { StartNode } from '../../../tools/runtimes/local.ts'

/** How a stub node goes wrong. */
export type StubFault =
  | 'fails'
  | 'never-ready'
  | 'never-registers'
  | 'registration-fails'
  | 'hangs-on-stop'

export interface StubNodes {
  readonly start: StartNode
  /** Names in order of what happened, e.g. `start cse2`, `stop cse2`. */
  readonly calls: string[]
}

/** Nodes that listen where they should and say what they should, and nothing more; `faults` by node name. */
export function stubNodes(
  faults: Readonly<Record<string, StubFault>> = {},
  onCall: (call: string) => void = () => {},
): StubNodes {
  const calls: string[] = []
  const note = (call: string) => {
    calls.push(call)
    onCall(call)
  }
  return {
    calls,
    async start(configuration, environment) {
      const { name } = configuration
      const fault = faults[name]
      note(`start ${name}`)
      environment.emit({ event: 'error', because: `${name} begins`, node: name, atMs: 0 })
      if (fault === 'never-ready') {
        return new Promise(() => {})
      }
      const close = await listen(configuration)
      if (fault === 'fails') {
        await close()
        throw new BenchError('NODE_CONFIGURATION_INVALID', 'it does not like it', { remedy: 'try' })
      }
      setImmediate(() => register(configuration, environment, fault))
      return runningNode(configuration, async () => {
        note(`stop ${name}`)
        await close()
        await (fault === 'hangs-on-stop' ? new Promise(() => {}) : undefined)
      })
    },
  }
}

async function listen(configuration: NodeConfiguration): Promise<() => Promise<void>> {
  const { cse, aes } = configuration
  const wanted = [cse?.listener, ...aes.map((ae) => ae.listener)].filter((at) => at !== undefined)
  const servers = await Promise.all(
    wanted.map(async ({ address, port }) => {
      const server = createServer((socket) => socket.destroy()).listen(port, address)
      await once(server, 'listening')
      return server
    }),
  )
  return async () => {
    await Promise.all(
      servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    )
  }
}

function register(
  configuration: NodeConfiguration,
  environment: NodeEnvironment,
  fault: StubFault | undefined,
): void {
  const { name, cse, aes } = configuration
  const registering = [
    ...(cse?.registrar?.autoRegister === true ? ['cse'] : []),
    ...aes.filter((ae) => ae.registrar.autoRegister).map((ae) => ae.name),
  ]
  for (const entity of fault === 'never-registers' ? [] : registering) {
    const event = fault === 'registration-fails' ? 'registration-failed' : 'registered'
    const because = fault === undefined ? {} : { because: 'not known here', rsc: 4103 }
    environment.emit({ event, entity, registrar: 'x', node: name, atMs: 1, ...because })
  }
}

function runningNode(configuration: NodeConfiguration, stop: () => Promise<void>): RunningNode {
  const { name } = configuration
  return {
    name,
    ready: {
      event: 'ready',
      contractVersion: 1,
      version: '0',
      listeners: [],
      node: name,
      atMs: 0,
    },
    control: async (command) => ({ ok: true, value: command.do }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
