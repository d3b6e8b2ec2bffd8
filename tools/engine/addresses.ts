import { BenchError } from '../../protocol/errors.ts'

/** A place where an engine may listen. */
export interface EngineAddress {
  /** As `DOCKER_HOST` says it. */
  readonly address: string
  readonly way: EngineWay
}

export type EngineWay =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

type Environment = Readonly<Record<string, string | undefined>>

/** The usual sockets, the most usual first; `$` stands for the folder that XDG_RUNTIME_DIR names. */
const usualSockets = [
  '/var/run/docker.sock',
  '$/docker.sock',
  '/run/podman/podman.sock',
  '$/podman/podman.sock',
]

/** Where to look for an engine: only where the environment says, or else at the usual sockets. @throws BenchError USAGE */
export function engineAddresses(environment: Environment): readonly EngineAddress[] {
  for (const variable of ['DOCKER_HOST', 'CONTAINER_HOST']) {
    const said = environment[variable]
    if (said !== undefined && said !== '') return [parseAddress(said, variable)]
  }
  const runtimeFolder = environment.XDG_RUNTIME_DIR
  return usualSockets.flatMap((template): readonly EngineAddress[] => {
    if (template.startsWith('$') && !runtimeFolder) return []
    const path = template.replace('$', () => runtimeFolder ?? '')
    return [{ address: `unix://${path}`, way: { kind: 'socket', path } }]
  })
}

/** `unix:///path` or `tcp://host:port`. @throws BenchError USAGE */
export function parseAddress(text: string, source: string): EngineAddress {
  const path = /^unix:\/\/(\/[^\0]{1,107})$/.exec(text)?.[1]
  if (path !== undefined) return { address: text, way: { kind: 'socket', path } }
  const [, bracketed, name, digits] =
    /^tcp:\/\/(?:\[([\da-f:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})\/?$/i.exec(text) ?? []
  const host = bracketed ?? name
  const port = Number(digits)
  if (host !== undefined && port >= 1 && port <= 65_535)
    return { address: text, way: { kind: 'tcp', host, port } }
  throw new BenchError('USAGE', `${source} is ${JSON.stringify(text.slice(0, 200))}`, {
    remedy: 'an engine is named as unix:///path/of/socket or tcp://host:port',
  })
}
