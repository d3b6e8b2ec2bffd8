import type { Engine } from '../../engine/engine.ts'
import type { Labels } from '../../engine/labels.ts'
import { bounded } from '../bounded.ts'
import { createContainer } from '../docker/container.ts'
import { openTaskControl, type TaskControl } from './taskControl.ts'

export interface RelayOrder {
  readonly name: string
  readonly labels: Labels
  readonly image: string
  /** Of the control network, which must take containers. */
  readonly network: string
  readonly address: string
  readonly signal: AbortSignal
}

export interface SiteRelay extends AsyncDisposable {
  readonly control: TaskControl
}

const readyTimeoutMs = 30_000
const memoryMiB = 256

/**
 * The way into the swarm: a container on the manager that the bench talks to, since a container, other than a task, has
 * streams. @throws BenchError
 */
export async function openRelay(engine: Engine, order: RelayOrder): Promise<SiteRelay> {
  const { name, labels, image, network, address, signal } = order
  await using undo = new AsyncDisposableStack()
  const container = await createContainer(engine, {
    name,
    image,
    labels,
    words: ['tools/fabric/task/relayMain.ts'],
    network: { kind: 'own', name: network, address },
    memoryMiB,
  })
  undo.defer(() => container.remove())
  const program = await container.start()
  program.stderr.resume()
  const control = openTaskControl({ input: program.stdout, output: program.stdin })
  undo.defer(() => control.close())
  await bounded(control.listening, {
    what: 'the relay into the swarm',
    timeoutMs: readyTimeoutMs,
    signal,
  })
  const all = undo.move()
  return { control, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
