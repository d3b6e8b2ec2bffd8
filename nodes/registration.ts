import type { RequestOutcome } from '../protocol/exchange.ts'
import { isSuccess } from '../protocol/statusCodes.ts'
import type { Entity } from './entity.ts'
import type { NodeContext } from './nodeContext.ts'

/** Registers what is to register without being told: the CSE first, for the AEs of its node may register with it. */
export async function autoRegister(
  context: NodeContext,
  entities: Iterable<Entity>,
): Promise<void> {
  const due = [...entities].filter((entity) => entity.registrar?.autoRegister)
  const cse = due.find((entity) => entity.name === 'cse')
  if (cse) await registerOne(context, cse)
  await Promise.all(due.filter((each) => each !== cse).map((each) => registerOne(context, each)))
}

async function registerOne(context: NodeContext, entity: Entity): Promise<void> {
  const outcome = await entity.register()
  if (outcome && !context.stopped.aborted) announceRegistration(context, entity, outcome)
}

export function announceRegistration(
  context: NodeContext,
  { name: entity, registrar }: Entity,
  outcome: RequestOutcome,
): void {
  const about = { entity, registrar: registrar?.cseId ?? '' }
  if (outcome.outcome === 'no-response') {
    context.emit({ event: 'registration-failed', ...about, because: outcome.because })
    return
  }
  const { rsc } = outcome.response
  context.emit({ event: isSuccess(rsc) ? 'registered' : 'registration-failed', ...about, rsc })
}
