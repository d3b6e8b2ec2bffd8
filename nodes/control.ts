import { type ControlCommand, type ControlReply, contractVersion } from './contract.ts'
import type { Entity } from './entity.ts'
import { reportEntityLoad, startEntityLoad, stopEntityLoad } from './load/loadControl.ts'
import { nodeResources } from './load/nodeResources.ts'
import { misbehaviours } from './misbehaviours.ts'
import type { NodeContext } from './nodeContext.ts'
import { announceRegistration } from './registration.ts'

/** What control reaches of a running node. */
export interface Controlled {
  readonly context: NodeContext
  readonly entities: ReadonlyMap<string, Entity>
  stop(): Promise<void>
}

type Answer<Name extends ControlCommand['do']> = (
  node: Controlled,
  command: Extract<ControlCommand, { do: Name }>,
) => Promise<ControlReply> | ControlReply

/** The upper tester: one answer per command of the contract. */
const answers: { readonly [Name in ControlCommand['do']]: Answer<Name> } = {
  describe: ({ context, entities }) =>
    value({
      name: context.name,
      contractVersion,
      entities: [...entities.keys()],
      misbehaviours: misbehaviours.map(({ name }) => name),
    }),
  request: (node, { entity, request }) => {
    if (typeof request?.to !== 'string' || !(request.op >= 1 && request.op <= 5)) {
      return failure(2, 'request needs op (1 to 5) and to')
    }
    return withEntity(node, entity, (found) => found.request(request), 'registrar')
  },
  register: (node, { entity }) =>
    withEntity(
      node,
      entity,
      async (found) => {
        const outcome = await found.register()
        if (outcome) announceRegistration(node.context, found, outcome)
        return outcome
      },
      'registrar',
    ),
  deregister: (node, { entity }) =>
    withEntity(node, entity, (found) => found.deregister(), 'registrar'),
  received: (node, { entity }) =>
    withEntity(node, entity, async (found) => found.received()?.slice(), 'point of access'),
  disconnect: ({ entities }) => {
    for (const entity of entities.values()) entity.disconnect()
    return value(null)
  },
  'set-clock': ({ context }, { atMs }) => {
    if (atMs !== null && !Number.isFinite(atMs)) return failure(2, 'atMs is a number or null')
    context.setClock(atMs)
    return value(null)
  },
  'load-start': startEntityLoad,
  'load-report': reportEntityLoad,
  'load-stop': stopEntityLoad,
  resources: () => value(nodeResources()),
  stop: async (node) => {
    await node.stop()
    return value(null)
  },
}

/** Carries out one command. Never rejects; what the node does not have is answered with 127. */
export async function control(node: Controlled, command: ControlCommand): Promise<ControlReply> {
  const name: unknown = command?.do
  if (typeof name !== 'string') return failure(2, 'a command is an object with a member `do`')
  if (!Object.hasOwn(answers, name)) {
    return failure(127, `no command ${JSON.stringify(name.slice(0, 40))}`)
  }
  try {
    // The table gives each command the answer made for it; the type system cannot follow the look-up.
    const answer = answers[command.do] as Answer<ControlCommand['do']>
    return await answer(node, command as never)
  } catch (error) {
    return failure(1, error instanceof Error ? error.message : String(error))
  }
}

async function withEntity(
  { entities }: Controlled,
  name: string,
  act: (entity: Entity) => Promise<unknown>,
  needs: string,
): Promise<ControlReply> {
  const entity = entities.get(name)
  if (entity === undefined) return failure(127, `no entity ${JSON.stringify(name)}`)
  const result = await act(entity)
  return result === undefined ? failure(127, `${name} has no ${needs}`) : value(result)
}

function value(of: unknown): ControlReply {
  return { ok: true, value: of }
}

function failure(code: 127 | 2 | 1, because: string): ControlReply {
  return { ok: false, code, because }
}
