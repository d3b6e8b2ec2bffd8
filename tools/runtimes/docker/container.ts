import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import { unprivilegedUser } from '../../engine/image/systemFiles.ts'
import type { Labels } from '../../engine/labels.ts'
import type { HostedProgram, ProgramEnd } from '../nodeHost.ts'
import { archiveOf, type Given } from './archive.ts'
import { demultiplex } from './demultiplex.ts'

/** A container as the bench wants it. Whatever is not said here is denied to it. */
export interface ContainerOrder {
  readonly name: string
  readonly image: string
  readonly labels: Labels
  /** Default: what the image starts. */
  readonly program?: string
  readonly words: readonly string[]
  readonly network:
    | { readonly kind: 'own'; readonly name: string; readonly address: string }
    /** That of another container, which must run before this one starts. */
    | { readonly kind: 'of'; readonly container: Container }
  /** Default: the unprivileged user of our image, without any capability. */
  readonly asRootWith?: readonly string[]
  readonly memoryMiB: number
  /** Where the things given to it are found; also the only place on a disk that it may have. */
  readonly volume?: string
  readonly sysctls?: Readonly<Record<string, string>>
}

/** A container that was made. It has a writable `/tmp` and `/run/bench` in memory. */
export interface Container {
  readonly id: string
  readonly name: string
  /** Puts files into its volume, before it is started. */
  give(given: readonly Given[]): Promise<void>
  /** Starts it. Nothing it says is lost. */
  start(): Promise<HostedProgram>
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGUSR1'): Promise<void>
  /** Ends it by force and removes it with its volume; without effect when it is gone. */
  remove(): Promise<void>
}

const mostProcesses = 128
const tmpfsOptions = `rw,noexec,nosuid,nodev,size=16m,mode=0700,uid=${unprivilegedUser},gid=${unprivilegedUser}`

/**
 * Makes a container. Through dockerode, which `testcontainers` brings: the library's own GenericContainer gives neither
 * fixed addresses, nor a standard input, nor output that is bytes, nor a read-only root file system.
 */
export async function createContainer(engine: Engine, order: ContainerOrder): Promise<Container> {
  const { name } = order
  const made = await withEngineErrors(`making the container ${name}`, () =>
    engine.client.createContainer(settingsOf(order)),
  )
  return {
    id: made.id,
    name,
    give: (given) =>
      withEngineErrors(`putting files into ${name}`, async () => {
        await made.putArchive(await archiveOf(given), { path: order.volume ?? '/' })
      }),
    start: () => withEngineErrors(`starting the container ${name}`, () => start(made, order)),
    signal: (signal) =>
      withEngineErrors(`sending ${signal} to ${name}`, () => made.kill({ signal })),
    remove: () =>
      withEngineErrors(`removing the container ${name}`, () =>
        made.remove({ force: true, v: true }),
      )
        .then(() => {})
        .catch((error: unknown) => {
          if (!isGone(error)) throw error
        }),
  }
}

function settingsOf(order: ContainerOrder): Docker.ContainerCreateOptions {
  const { network, asRootWith } = order
  return {
    name: order.name,
    Image: order.image,
    ...(order.program === undefined ? {} : { Entrypoint: [order.program] }),
    Cmd: [...order.words],
    User: asRootWith === undefined ? `${unprivilegedUser}:${unprivilegedUser}` : '0:0',
    Labels: { ...order.labels },
    OpenStdin: true,
    // The standard input ends with the bench, however that ends: programs take it as the word to stop.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ...(order.volume === undefined ? {} : { Volumes: { [order.volume]: {} } }),
    HostConfig: {
      NetworkMode: network.kind === 'own' ? network.name : `container:${network.container.id}`,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': tmpfsOptions, '/run/bench': tmpfsOptions },
      CapDrop: ['ALL'],
      CapAdd: [...(asRootWith ?? [])],
      SecurityOpt: ['no-new-privileges'],
      Memory: order.memoryMiB * 2 ** 20,
      MemorySwap: order.memoryMiB * 2 ** 20,
      PidsLimit: mostProcesses,
      ...(order.sysctls === undefined ? {} : { Sysctls: { ...order.sysctls } }),
      // What a program says holds secrets and recordings: it goes to the bench, and not into files of the engine.
      LogConfig: { Type: 'none', Config: {} },
    },
    ...(network.kind === 'own' && {
      NetworkingConfig: {
        EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: network.address } } },
      },
    }),
  }
}

async function start(
  made: Docker.Container,
  { memoryMiB }: ContainerOrder,
): Promise<HostedProgram> {
  const attached = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
  // With `hijack` the library hands out the connection to the engine itself.
  const streams = (await made.attach(attached)) as Duplex
  const { stdout, stderr } = demultiplex(streams)
  // A program that is gone takes no more orders; its end tells so.
  streams.on('error', () => {})
  await made.start()
  const ended = endOf(made, memoryMiB)
  return {
    stdin: streams,
    stdout,
    stderr,
    ended,
    async kill() {
      await made.kill().catch(() => {})
      await ended.catch(() => {})
      streams.destroy()
    },
  }
}

async function endOf(made: Docker.Container, memoryMiB: number): Promise<ProgramEnd> {
  try {
    const { StatusCode: code } = await made.wait()
    const { State: state } = await made.inspect()
    const because = state.OOMKilled
      ? `killed: it used more than its ${memoryMiB} MiB of memory`
      : code === killedCode
        ? 'killed'
        : `exit code ${code}`
    return code === killedCode ? { because } : { code, because }
  } catch (error) {
    return { because: `its end was not seen: ${error instanceof Error ? error.message : error}` }
  }
}

/** 128 + SIGKILL. */
const killedCode = 137

/** It is not there, or somebody else is removing it at this moment. */
function isGone(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const status = cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined
  return status === 404 || (status === 409 && /already in progress/.test(String(cause)))
}
