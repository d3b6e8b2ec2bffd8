import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { arch } from 'node:process'
import type { ImageFile } from './imageFile.ts'
import type { LockedPackage } from './lockedPackages.ts'

/** Where it is in the image. */
export const billPath = '/usr/share/onem2m-bench/sbom.cdx.json'

export interface BillInput {
  readonly version: string
  readonly packages: readonly LockedPackage[]
  /** Files copied from the operating system of this machine. */
  readonly system: readonly ImageFile[]
  /** An image that all of it is put upon, with the identifier of its content. */
  readonly base?: { readonly name: string; readonly id: string }
}

type Component = Readonly<Record<string, unknown>>

/** All that is in the image and where it came from: CycloneDX 1.6, as JSON. Without times, so that equal content gives equal text. */
export function billOfMaterials(input: BillInput): string {
  const own = { type: 'application', name: 'onem2m-bench', version: input.version }
  const components: Component[] = [
    {
      type: 'application',
      name: 'node',
      version: process.versions.node,
      purl: `pkg:generic/node@${process.versions.node}?arch=${arch}`,
      description: `with OpenSSL ${process.versions.openssl}`,
    },
    ...input.packages.map(packageComponent),
    ...debianComponents(input.system),
    ...(input.base === undefined
      ? []
      : [{ type: 'container', name: input.base.name, version: input.base.id }]),
  ]
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialNumber(JSON.stringify([own, components])),
    version: 1,
    metadata: { component: own },
    components,
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

function packageComponent({ name, version, license, integrity }: LockedPackage): Component {
  const sha512 = /^sha512-([\w+/=]+)$/.exec(integrity ?? '')?.[1]
  return {
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
  }
}

/** The Debian packages that own the files; a file that no package owns stands for itself. */
function debianComponents(files: readonly ImageFile[]): readonly Component[] {
  const sources = files.flatMap((file) => (file.kind === 'copy' ? [file.source] : []))
  const owners = ownersOf(sources)
  const packages = [...new Set(owners.values())].sort()
  const versions = versionsOf(packages)
  const ownerless = sources.filter((path) => !owners.has(path))
  return [
    ...packages.map((name) => {
      const { version, architecture } = versions.get(name) ?? { version: 'unknown' }
      const qualifier = architecture === undefined ? '' : `?arch=${architecture}`
      const bare = name.split(':')[0] ?? name
      const purl = `pkg:deb/debian/${bare}@${encodeURIComponent(version)}${qualifier}`
      return { type: 'library', name: bare, version, purl }
    }),
    ...ownerless.map((path) => ({ type: 'file', name: path })),
  ]
}

/** Debian lists a file under one of its names: before or after `/lib` became a link to `/usr/lib`. */
function ownersOf(paths: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const path of paths)
    for (const name of [path, realpathSync(path)])
      for (const one of [name, `/usr${name}`, name.replace(/^\/usr(?=\/)/, '')])
        names.set(one, path)
  const owners = new Map<string, string>()
  for (const line of dpkgQuery(['-S', ...names.keys()])) {
    const [, name, file] = /^([^\s,]+)(?:, [^:]+)*: (\/.*)$/.exec(line) ?? []
    const path = names.get(file ?? '')
    if (name !== undefined && path !== undefined) owners.set(path, name)
  }
  return owners
}

function versionsOf(
  packages: readonly string[],
): ReadonlyMap<string, { version: string; architecture?: string }> {
  if (packages.length === 0) return new Map()
  const format = ['Package', 'Version', 'Architecture'].map((field) => `\${${field}}`).join(' ')
  const rows = dpkgQuery(['-W', '-f', `${format}\n`, ...packages]).map((line) => line.split(' '))
  const versions = new Map<string, { version: string; architecture: string }>()
  for (const [name = '', version = '', architecture = ''] of rows) {
    for (const one of [name, `${name}:${architecture}`])
      versions.set(one, { version, architecture })
  }
  return versions
}

/** It ends with 1 when it does not know one of the names, and tells what it knows all the same. */
function dpkgQuery(words: readonly string[]): readonly string[] {
  const environment = { ...process.env, LC_ALL: 'C' }
  try {
    return linesOf(
      execFileSync('dpkg-query', [...words], {
        stdio: 'pipe',
        timeout: 30_000,
        env: environment,
      }),
    )
  } catch (error) {
    return error instanceof Error && 'stdout' in error && Buffer.isBuffer(error.stdout)
      ? linesOf(error.stdout)
      : []
  }
}

function linesOf(output: Buffer): readonly string[] {
  return output
    .toString()
    .split('\n')
    .filter((line) => line !== '')
}

/** A serial number that follows from the content, in the form of a UUID (version 8). */
function serialNumber(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex')
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ]
  return `urn:uuid:${[...groups, hex.slice(20, 32)].join('-')}`
}
