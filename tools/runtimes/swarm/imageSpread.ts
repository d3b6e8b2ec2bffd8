import { BenchError } from '../../../protocol/errors.ts'
import { connectEngine } from '../../engine/connect.ts'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import { followBuild } from '../../engine/image/followBuild.ts'
import { ensureImage } from '../../engine/image.ts'
import type { Machine } from './machines.ts'

export interface SpreadImage {
  readonly name: string
  /** The same on every machine. */
  readonly id: string
}

/**
 * Makes the image here and copies it, without any registry, to the engine of every machine that says where it can be
 * reached. Others must have been given it; a task that finds none says so. @throws BenchError
 */
export async function spreadImage(
  engine: Engine,
  machines: readonly Machine[],
  progress: (line: string) => void,
): Promise<SpreadImage> {
  const { name } = await ensureImage(engine, { onProgress: progress })
  const image = engine.client.getImage(name)
  const { Id: id } = await withEngineErrors(`looking at ${name}`, () => image.inspect())
  await Promise.all(
    machines.map(async ({ name: machine, engineAddress, isHere }) => {
      if (isHere || engineAddress === undefined) return
      const other = await reach(machine, engineAddress)
      if (await hasImage(other, id)) return
      progress(`copying ${name} to machine ${machine}`)
      await withEngineErrors(`copying ${name} to machine ${machine}`, async () => {
        await followBuild(await other.client.loadImage(await image.get()))
      })
    }),
  )
  return { name, id }
}

async function reach(machine: string, address: string): Promise<Engine> {
  try {
    return await connectEngine({ address })
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause)
    throw new BenchError('CAPABILITY_MISSING', `machine ${machine}: ${because}`, {
      remedy: `correct its label (docker node update --label-add onem2m-bench.engine=ADDRESS ${machine}), or remove it and bring the image by hand`,
      cause,
    })
  }
}

async function hasImage(engine: Engine, id: string): Promise<boolean> {
  const images = await withEngineErrors('looking for the image', () => engine.client.listImages())
  return images.some((image) => image.Id === id)
}
