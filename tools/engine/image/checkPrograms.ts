import { BenchError } from '../../../protocol/errors.ts'
import { bounded } from '../../runtimes/bounded.ts'
import type { Engine } from '../engine.ts'
import { engineFailure } from '../engineErrors.ts'
import { ownLabels } from '../labels.ts'
import { nodeProgram } from './systemFiles.ts'

const timeoutMs = 30_000

/** What must run on a foreign base image; without it the image is refused. */
const programs: readonly { readonly words: readonly string[]; readonly needs: string }[] = [
  { words: [nodeProgram, '--version'], needs: 'glibc and libstdc++' },
  { words: ['tcpdump', '--version'], needs: 'tcpdump' },
]

/** Runs what the bench will need once, so that a base image that does not fit is found now. @throws BenchError CAPABILITY_MISSING */
export async function checkPrograms(engine: Engine, image: string, base: string): Promise<void> {
  for (const { words, needs } of programs) {
    const code = await exitOf(engine, image, words)
    if (code === 0) continue
    await engine.client
      .getImage(image)
      .remove({ force: true })
      .catch(() => {})
    throw new BenchError('CAPABILITY_MISSING', `${words.join(' ')} does not run on ${base}`, {
      remedy: `take a base image with ${needs}, or leave it out: none is needed`,
    })
  }
}

/** Undefined when it could not even be started. */
async function exitOf(
  engine: Engine,
  image: string,
  words: readonly string[],
): Promise<number | undefined> {
  const [program = '', ...rest] = words
  const container = await engine.client.createContainer({
    Image: image,
    Entrypoint: [program],
    Cmd: rest,
    Labels: { ...ownLabels('check') },
    HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'] },
  })
  try {
    const ended = container.wait({ condition: 'next-exit' })
    ended.catch(() => {})
    await container.start()
    const { StatusCode: code } = await bounded(ended, { what: words.join(' '), timeoutMs })
    return code
  } catch (error) {
    const failure = engineFailure(error, words.join(' '))
    // The engine answers 400 or 404 when the program is not in the image.
    if (failure.code === 'ENGINE_FAILED') return undefined
    throw failure
  } finally {
    await container.remove({ force: true, v: true }).catch(() => {})
  }
}
