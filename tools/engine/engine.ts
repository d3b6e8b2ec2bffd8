import type Docker from 'dockerode'

/** A container engine that answered. */
export interface Engine {
  /** Its interface, as the library `dockerode` offers it. */
  readonly client: Docker
  readonly kind: EngineKind
  /** Version of the engine, e.g. `20.10.24`. */
  readonly version: string
  /** Where it listens, as `DOCKER_HOST` would say it, e.g. `unix:///var/run/docker.sock`. */
  readonly address: string
  /** One line for people: kind, version, address. */
  describe(): string
}

export type EngineKind = 'docker' | 'podman'
