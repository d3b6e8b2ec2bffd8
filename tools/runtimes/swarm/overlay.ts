import { askUntil } from '../../askUntil.ts'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import type { Labels } from '../../engine/labels.ts'

/** A network across the machines of a swarm. */
export interface Overlay {
  readonly id: string
  readonly name: string
  /** Without effect when it is gone. */
  remove(): Promise<void>
}

export interface OverlayOrder {
  readonly name: string
  readonly labels: Labels
  readonly subnet: string
  /** Containers besides tasks can be put on it. */
  readonly isAttachable: boolean
}

const removeWithinMs = 20_000
const tryAgainMs = 100

/** Makes a network that leads nowhere else. @throws BenchError ADDRESS_IN_USE, ENGINE_FAILED */
export async function createOverlay(engine: Engine, order: OverlayOrder): Promise<Overlay> {
  const { name, labels, subnet } = order
  const made = await withEngineErrors(`making the network ${name} (${subnet})`, () =>
    engine.client.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'overlay',
      Internal: true,
      Attachable: order.isAttachable,
      Labels: { ...labels },
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
    }),
  )
  // Tasks that are ending hold it; the swarm does not say when they let go.
  const attempt = async () => {
    let refusal: unknown
    const isGone = await made.remove().then(
      () => true,
      (error: unknown) => {
        refusal = error
        return error instanceof Error && 'statusCode' in error && error.statusCode === 404
      },
    )
    if (!isGone && performance.now() > deadlineMs) throw refusal
    return isGone || undefined
  }
  let deadlineMs = 0
  const remove = () =>
    withEngineErrors(`removing the network ${name}`, async () => {
      deadlineMs = performance.now() + removeWithinMs
      const what = `the network ${name} to be free`
      await askUntil(attempt, { what, timeoutMs: 2 * removeWithinMs, everyMs: tryAgainMs })
    })
  return { id: made.id, name, remove }
}
