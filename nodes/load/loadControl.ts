import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { ControlReply } from '../contract.ts'
import type { Controlled } from '../control.ts'
import type { Entity } from '../entity.ts'
import type { LoadReport } from './loadContract.ts'
import { type LoadRun, startLoad } from './loadRun.ts'
import { steadyNow } from './nodeResources.ts'
import { parseLoadPlan } from './parseLoadPlan.ts'

/** The loads of each running node, by entity; they go with their node. */
const runs = new WeakMap<Controlled, Map<string, LoadRun>>()

/** Has an entity offer requests from now on, until the plan is through or it is told to stop. */
export function startEntityLoad(
  node: Controlled,
  command: { readonly entity: string; readonly plan: unknown },
): ControlReply {
  const entity = node.entities.get(command.entity)
  if (entity?.registrar === undefined) return cannot(command.entity)
  const plan = parseLoadPlan(command.plan)
  if ('because' in plan) return { ok: false, code: 2, because: plan.because }
  const own = runs.get(node) ?? firstLoad(node)
  const earlier = own.get(entity.name)?.report().state
  if (earlier !== undefined && earlier !== 'ended' && earlier !== 'stopped') {
    return { ok: false, code: 1, because: `${entity.name} offers another load already` }
  }
  const run = startLoad(plan, {
    now: steadyNow,
    wakeAt,
    send: (request) => sendFrom(entity, request),
    disconnect: () => entity.disconnect(),
    ended: (report) => announce(node, entity, report),
  })
  own.set(entity.name, run)
  return { ok: true, value: null }
}

/** Loads end with their node. */
function firstLoad(node: Controlled): Map<string, LoadRun> {
  const own = new Map<string, LoadRun>()
  runs.set(node, own)
  const stopAll = () => own.forEach((run) => void run.stop())
  node.context.stopped.addEventListener('abort', stopAll, { once: true })
  return own
}

/** What became of the load so far. */
export function reportEntityLoad(
  node: Controlled,
  { entity }: { readonly entity: string },
): ControlReply {
  const run = runs.get(node)?.get(entity)
  return run === undefined ? noLoad(entity) : { ok: true, value: run.report() }
}

export function stopEntityLoad(
  node: Controlled,
  { entity }: { readonly entity: string },
): ControlReply {
  const run = runs.get(node)?.get(entity)
  if (run === undefined) return noLoad(entity)
  run.stop()
  return { ok: true, value: run.report() }
}

async function sendFrom(
  entity: Entity,
  request: Parameters<Entity['request']>[0],
): Promise<RequestOutcome> {
  const none = { outcome: 'no-response', rqi: '', cause: 'unreachable' } as const
  try {
    return (await entity.request(request)) ?? { ...none, because: 'no registrar' }
  } catch (error) {
    return { ...none, because: String(error) }
  }
}

/** The load's own timer: as late as the event loop is. */
function wakeAt(atMs: number, wake: () => void): () => void {
  const timer = setTimeout(wake, Math.max(0, atMs - steadyNow()))
  return () => clearTimeout(timer)
}

function announce({ context }: Controlled, { name }: Entity, report: LoadReport): void {
  if (context.stopped.aborted) return
  context.emit({ event: 'load-ended', entity: name, state: report.state })
}

function cannot(entity: string): ControlReply {
  return {
    ok: false,
    code: 127,
    because: `no entity ${JSON.stringify(entity)} that has a registrar`,
  }
}

function noLoad(entity: string): ControlReply {
  return { ok: false, code: 1, because: `${JSON.stringify(entity)} was given no load` }
}
