import { randomBytes } from 'node:crypto'
import { connectEngine } from '../engine/connect.ts'
import type { Engine } from '../engine/engine.ts'
import { ensureImage, type NodeImage } from '../engine/image.ts'
import { ownLabels } from '../engine/labels.ts'
import { removeImagesOf } from '../engine/sweep.ts'
import type { Figure } from './figure.ts'

/** The image of the nodes: how big it is, what it costs to make, and what a container costs before any of our code runs. */
export async function engineFigures(): Promise<Figure[]> {
  const engine = await connectEngine()
  const runId = `perf-${randomBytes(8).toString('hex')}`
  try {
    const made = await ensureImage(engine, { runId })
    const checked = await ensureImage(engine, { runId })
    const starts = await containerSeconds(engine, made.name)
    return figures(made, checked, starts)
  } finally {
    await removeImagesOf(engine, runId)
  }
}

function figures(made: NodeImage, checked: NodeImage, starts: readonly number[]): Figure[] {
  return [
    { name: 'node image: size', value: made.bytes / 1e6, unit: 'MB', atMost: 200 },
    { name: 'node image: made from nothing', value: made.tookMs / 1000, unit: 's', atMost: 20 },
    { name: 'node image: seen to be there', value: checked.tookMs / 1000, unit: 's', atMost: 1 },
    {
      name: 'container made, Node run to its end, removed (median of 5)',
      value: starts[2] ?? 0,
      unit: 's',
    },
  ]
}

/** Sorted, the shortest first. */
async function containerSeconds(engine: Engine, image: string): Promise<readonly number[]> {
  const seconds: number[] = []
  for (let n = 0; n < 5; n++) {
    const startedAt = performance.now()
    const container = await engine.client.createContainer({
      Image: image,
      Cmd: ['-e', '0'],
      Labels: { ...ownLabels('perf') },
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'] },
    })
    try {
      await container.start()
      await container.wait()
    } finally {
      await container.remove({ force: true })
    }
    seconds.push((performance.now() - startedAt) / 1000)
  }
  return seconds.sort((a, b) => a - b)
}
