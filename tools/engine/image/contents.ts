import { benchVersion } from '../../cli/benchVersion.ts'
import { billOfMaterials, billPath } from './billOfMaterials.ts'
import { codeFiles } from './codeFiles.ts'
import { contentHash, openFileHashes } from './contentHash.ts'
import type { ImageFile } from './imageFile.ts'
import { nodeFiles, systemFiles } from './systemFiles.ts'

/** To be raised when images are to be made in another way from the same files. */
const recipeVersion = 3

export interface BaseImage {
  readonly name: string
  /** `sha256:…` of its content. */
  readonly id: string
}

/** What goes into the image of the nodes, in two parts: what changes with this machine, and what changes with our code. */
export interface Contents {
  /** Node and the operating system around it; absent when a foreign base image brings the system. */
  readonly system?: { readonly files: readonly ImageFile[]; readonly hash: string }
  readonly code: { readonly files: readonly ImageFile[]; readonly hash: string }
  /** Made when it is needed: it asks the package manager of this machine. */
  bill(): string
}

/** Looks at the files of this machine; nothing is made yet. @throws BenchError CAPABILITY_MISSING */
export function imageContents(
  benchFolder: string,
  options: { readonly base?: BaseImage; readonly mark?: string } = {},
): Contents {
  const { base, mark = '' } = options
  const hashes = openFileHashes(benchFolder)
  const code = codeFiles(benchFolder)
  const node = nodeFiles()
  const around = base === undefined ? systemFiles() : []
  const systemHash = contentHash([...node, ...around], {
    recipe: [recipeVersion, process.versions.node, process.arch, mark],
    hashes,
  })
  const upon = base === undefined ? systemHash : base.id
  const files = base === undefined ? code.files : [...code.files, ...node]
  const hash = contentHash(files, { recipe: [recipeVersion, upon, mark], hashes })
  hashes.save()
  const { version } = benchVersion()
  const bill = () =>
    billOfMaterials({
      version,
      packages: code.packages,
      system: around,
      ...(base === undefined ? {} : { base }),
    })
  const system = { files: [...node, ...around], hash: systemHash }
  return { ...(base === undefined ? { system } : {}), code: { files, hash }, bill }
}

/** The bill of materials as it lies in the image. */
export function billFile(contents: Contents): ImageFile {
  return { kind: 'text', path: billPath, mode: 0o644, text: contents.bill() }
}
