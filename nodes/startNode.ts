import { BenchError } from '../protocol/errors.ts'
import { startAe } from './ae/ae.ts'
import {
  contractVersion,
  type NodeConfiguration,
  type NodeEnvironment,
  type ReadyListener,
  type RunningNode,
} from './contract.ts'
import { control } from './control.ts'
import { type ControlServer, openControlServer } from './controlServer.ts'
import { cseTypes, startCse } from './cse/cse.ts'
import type { Entity } from './entity.ts'
import { isMisbehaviour } from './misbehaviours.ts'
import { makeContext, type NodeContext } from './nodeContext.ts'
import { autoRegister } from './registration.ts'

/** Version of the node program, told in its ready line. */
export const nodeVersion = '0.1.0'

/**
 * Starts all entities of a node in this process; resolves when every listener accepts. Throws BenchError: UNSUPPORTED for
 * what the node does not have (exit 127), NODE_CONFIGURATION_INVALID (exit 2), ADDRESS_IN_USE, NODE_START_FAILED.
 */
export async function startNode(
  configuration: NodeConfiguration,
  environment: NodeEnvironment,
): Promise<RunningNode> {
  checkAbilities(configuration)
  const stopping = new AbortController()
  const context = makeContext(configuration, environment, stopping.signal)
  const entities = new Map<string, Entity>()
  let controlServer: ControlServer | undefined
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      stopping.abort()
      await end(entities, controlServer)
      context.emit({ event: 'stopped' })
    })()
    return stopped
  }
  const controlled = { context, entities, stop }
  try {
    await startEntities(context, configuration, entities)
    const { control: way } = configuration
    if (way !== undefined && 'address' in way) {
      controlServer = await openControlServer(way, (command) => control(controlled, command))
    }
  } catch (error) {
    await end(entities, controlServer)
    throw error
  }
  const ready = readyEvent(context, entities, controlServer)
  environment.emit(ready)
  autoRegister(context, entities.values()).catch((error: unknown) =>
    context.emit({ event: 'error', because: String(error) }),
  )
  return {
    name: configuration.name,
    ready,
    control: (command) => control(controlled, command),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** What is asked of the node must be something it has; otherwise 127. */
function checkAbilities(configuration: NodeConfiguration): void {
  const unknown = configuration.misbehaviours.find((name) => !isMisbehaviour(name))
  if (unknown !== undefined) {
    throw new BenchError('UNSUPPORTED', `no misbehaviour ${JSON.stringify(unknown)}`, {
      remedy: 'nodes/misbehaviours.ts lists those there are',
    })
  }
  if (configuration.cse && cseTypes[configuration.kind] === undefined) {
    throw new BenchError('UNSUPPORTED', `a node of kind ${configuration.kind} has no CSE`)
  }
}

async function startEntities(
  context: NodeContext,
  configuration: NodeConfiguration,
  entities: Map<string, Entity>,
): Promise<void> {
  const { cse, kind, aes } = configuration
  if (cse) entities.set('cse', await startCse(context, kind, cse))
  for (const ae of aes) entities.set(ae.name, await startAe(context, ae))
}

async function end(
  entities: ReadonlyMap<string, Entity>,
  controlServer: ControlServer | undefined,
): Promise<void> {
  for (const entity of entities.values()) entity.disconnect()
  const listeners = [...entities.values()].map((entity) => entity.listener?.close())
  await Promise.all([...listeners, controlServer?.close()])
}

function readyEvent(
  context: NodeContext,
  entities: ReadonlyMap<string, Entity>,
  controlServer: ControlServer | undefined,
): RunningNode['ready'] {
  const listeners: ReadyListener[] = []
  for (const { name: entity, listener } of entities.values()) {
    if (listener === undefined) continue
    const { address, port, secured } = listener
    listeners.push({ entity, address, port, secured })
  }
  const reach = controlServer && { address: controlServer.address, port: controlServer.port }
  return {
    node: context.name,
    atMs: context.now(),
    event: 'ready',
    contractVersion,
    version: nodeVersion,
    listeners,
    ...(reach ? { control: reach } : {}),
  }
}
