import type { Engine } from './engine.ts'

/**
 * The library `testcontainers`, bound to an engine that was found. It reads its settings when it is first used, so that
 * all of the bench must load it here.
 */
export async function loadTestcontainers(engine: Engine): Promise<typeof import('testcontainers')> {
  process.env.DOCKER_HOST = engine.address
  // Its own clean-up is a container from an image that a closed lab cannot pull; sweepEngine takes its place.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  return import('testcontainers')
}
