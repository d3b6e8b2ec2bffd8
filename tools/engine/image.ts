import type { ImageInspectInfo } from 'dockerode'
import { BenchError } from '../../protocol/errors.ts'
import { benchVersion, benchFolder as ownBenchFolder } from '../cli/benchVersion.ts'
import type { Engine } from './engine.ts'
import { engineFailure, withEngineErrors } from './engineErrors.ts'
import { checkPrograms } from './image/checkPrograms.ts'
import { codeFolder } from './image/codeFiles.ts'
import { cacheEnvironment, compileCache } from './image/compileCache.ts'
import { type BaseImage, billFile, type Contents, imageContents } from './image/contents.ts'
import { followBuild } from './image/followBuild.ts'
import type { ImageFile } from './image/imageFile.ts'
import { packTar } from './image/packTar.ts'
import { nodeProgram, unprivilegedUser } from './image/systemFiles.ts'
import { type Labels, label, ownLabels } from './labels.ts'

export interface ImageOptions {
  /** An image to put Node and our code upon, e.g. `debian:12`; default: none, all comes from this machine. */
  readonly baseImage?: string
  readonly benchFolder?: string
  /** Makes all anew for this run alone, under names of its own: for measuring and testing. */
  readonly runId?: string
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface NodeImage {
  /** `onem2m-bench-node:<hash of the content>`. */
  readonly name: string
  /** False: it was there. */
  readonly built: boolean
  readonly bytes: number
  readonly tookMs: number
}

export const nodeRepository = 'onem2m-bench-node'
export const baseRepository = 'onem2m-bench-base'

/**
 * The image that nodes, fabric and recorders run from, made when it is not there or the code has changed. Needs no
 * registry. @throws BenchError CAPABILITY_MISSING, DISK_FULL, ENGINE_FAILED, INTERRUPTED
 */
export async function ensureImage(engine: Engine, options: ImageOptions = {}): Promise<NodeImage> {
  const startedAtMs = performance.now()
  const { benchFolder = ownBenchFolder, onProgress = () => {}, signal } = options
  const base =
    options.baseImage === undefined
      ? undefined
      : await findBase(engine, options.baseImage, onProgress)
  const { runId } = options
  const contents = imageContents(benchFolder, {
    ...(base && { base }),
    ...(runId !== undefined && { mark: runId }),
  })
  const name = imageName(nodeRepository, contents.code.hash)
  const present = await inspect(engine, name)
  if (present === undefined) {
    await withEngineErrors(`making the image ${name}`, () =>
      build(engine, {
        benchFolder,
        name,
        contents,
        onProgress,
        ...(runId !== undefined && { runId }),
        ...(base && { base }),
        ...(signal && { signal }),
      }),
    ).catch((error: unknown) => {
      throw signal?.aborted
        ? new BenchError('INTERRUPTED', `interrupted while making ${name}`)
        : error
    })
    if (base !== undefined) await checkPrograms(engine, name, base.name)
  }
  const { Size: bytes } = present ?? (await inspect(engine, name)) ?? { Size: 0 }
  const tookMs = performance.now() - startedAtMs
  return { name, built: present === undefined, bytes, tookMs }
}

interface Building {
  readonly benchFolder: string
  readonly name: string
  readonly contents: Contents
  readonly onProgress: (line: string) => void
  readonly runId?: string
  readonly base?: BaseImage
  readonly signal?: AbortSignal
}

async function build(engine: Engine, building: Building): Promise<void> {
  const { benchFolder, name, contents, onProgress, runId, base, signal } = building
  const from = base?.name ?? (await ensureSystem(engine, building))
  onProgress(`making ${name}: our code, upon ${from}`)
  const files = [...contents.code.files, billFile(contents), ...compileCache(benchFolder)]
  const placed = files.map((file): ImageFile => ({ ...file, path: `/files${file.path}` }))
  const below = contents.system?.hash ?? base?.id ?? ''
  const labels = imageLabels({ content: contents.code.hash, below, runId })
  const recipe: ImageFile = {
    kind: 'text',
    path: '/Dockerfile',
    mode: 0o644,
    text: dockerfile(from, labels),
  }
  const stream = await engine.client.buildImage(packTar([recipe, ...placed]), {
    t: name,
    forcerm: true,
    networkmode: 'none',
    ...(signal && { abortSignal: signal }),
  })
  await followBuild(stream)
}

/** One layer with all our files; the rest is settings. */
function dockerfile(from: string, labels: Labels): string {
  return [
    `FROM ${from}`,
    `LABEL ${Object.entries(labels)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(' ')}`,
    'COPY files/ /',
    'ENV HOME=/tmp',
    ...Object.entries(cacheEnvironment).map(([key, value]) => `ENV ${key}=${value}`),
    `WORKDIR ${codeFolder}`,
    `USER ${unprivilegedUser}:${unprivilegedUser}`,
    `ENTRYPOINT ["${nodeProgram}", "--disable-warning=ExperimentalWarning"]`,
    'CMD []',
    '',
  ].join('\n')
}

/** The lower part: imported as one archive, and kept as long as Node and the libraries of this machine stay the same. */
async function ensureSystem(
  engine: Engine,
  { contents, onProgress, runId, signal }: Building,
): Promise<string> {
  const { files = [], hash = '' } = contents.system ?? {}
  const name = imageName(baseRepository, hash)
  if ((await inspect(engine, name)) !== undefined) return name
  onProgress(`making ${name}: Node ${process.versions.node} and what it needs of this machine`)
  const [repo, tag] = name.split(':')
  const labels = Object.entries(imageLabels({ content: hash, below: '', runId }))
  const stream = await engine.client.importImage(packTar(files), {
    repo,
    tag,
    message: 'onem2m-bench: Node, tcpdump and their libraries',
    changes: labels.map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`),
    ...(signal && { abortSignal: signal }),
  })
  await followBuild(stream)
  return name
}

function imageLabels({ content, below, runId }: LabelInput): Labels {
  const { version, commit } = benchVersion()
  return {
    [label.version]: version,
    [label.commit]: commit,
    [label.content]: content,
    [label.base]: below,
    ...(runId === undefined ? {} : ownLabels(runId)),
  }
}

interface LabelInput {
  readonly content: string
  /** Hash or identifier of the image it is put upon. */
  readonly below: string
  readonly runId: string | undefined
}

/** A foreign base image: the engine's own copy, else the registry's. */
async function findBase(
  engine: Engine,
  name: string,
  onProgress: (line: string) => void,
): Promise<BaseImage> {
  const present = await inspect(engine, name)
  if (present !== undefined) return { name, id: present.Id }
  onProgress(`pulling ${name}`)
  try {
    await followBuild(await engine.client.pull(name))
  } catch (cause) {
    const { message } = engineFailure(cause, `pulling ${name}`)
    throw new BenchError('CAPABILITY_MISSING', message, {
      remedy: `bring it with docker load, or leave the base image out: none is needed`,
      cause,
    })
  }
  const pulled = await inspect(engine, name)
  if (pulled === undefined)
    throw new BenchError('ENGINE_FAILED', `${name} was pulled and is not there`)
  return { name, id: pulled.Id }
}

/** Undefined when there is no such image. */
async function inspect(engine: Engine, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await engine.client.getImage(name).inspect()
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404)
      return undefined
    throw engineFailure(error, `looking for the image ${name}`)
  }
}

function imageName(repository: string, hash: string): string {
  return `${repository}:${hash.slice(0, 16)}`
}
