import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type { ImageFile } from './imageFile.ts'
import { sharedLibraries } from './sharedLibraries.ts'

/** Who runs in a container unless told otherwise; no such user exists outside. */
export const unprivilegedUser = 10_001
export const nodeProgram = '/usr/local/bin/node'

const tcpdumpProgram = '/usr/bin/tcpdump'

/** The pinned Node, which is the one that runs this. */
export function nodeFiles(): readonly ImageFile[] {
  return [{ kind: 'copy', path: nodeProgram, mode: 0o755, source: process.execPath }]
}

/** What the programs need around them, as an operating system would bring it: libraries, tcpdump, users, `/tmp`. */
export function systemFiles(): readonly ImageFile[] {
  const tcpdump = findProgram('tcpdump')
  const libraries = new Set([...sharedLibraries(process.execPath), ...sharedLibraries(tcpdump)])
  for (const path of nameServices([...libraries])) libraries.add(path)
  const copies = [...libraries].sort().map((path): ImageFile => {
    return { kind: 'copy', path, mode: 0o755, source: path }
  })
  return [
    ...folders,
    ...texts,
    ...copies,
    { kind: 'copy', path: tcpdumpProgram, mode: 0o755, source: tcpdump },
  ]
}

/** Parts that glibc loads by name to look up hosts; since 2.34 it has them built in. */
function nameServices(libraries: readonly string[]): readonly string[] {
  const libc = libraries.find((path) => path.endsWith('/libc.so.6'))
  if (libc === undefined) return []
  return ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']
    .map((name) => join(dirname(libc), name))
    .filter((path) => existsSync(path))
}

function findProgram(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin']
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new BenchError('CAPABILITY_MISSING', `${name} is missing: it goes into the image`, {
    remedy: './bench doctor --fix',
  })
}

const folders: readonly ImageFile[] = [
  ...['/dev', '/proc', '/sys', '/run', '/var'].map((path) => ({
    kind: 'folder' as const,
    path,
    mode: 0o755,
  })),
  { kind: 'folder', path: '/tmp', mode: 0o1777 },
]

const texts: readonly ImageFile[] = [
  {
    kind: 'text',
    path: '/etc/passwd',
    mode: 0o644,
    // tcpdump gives up root for a user of its own name.
    text: [
      'root:x:0:0:root:/:/nonexistent',
      `bench:x:${unprivilegedUser}:${unprivilegedUser}:onem2m-bench:/tmp:/nonexistent`,
      `tcpdump:x:${unprivilegedUser + 1}:${unprivilegedUser + 1}:tcpdump:/tmp:/nonexistent`,
      '',
    ].join('\n'),
  },
  {
    kind: 'text',
    path: '/etc/group',
    mode: 0o644,
    text: `root:x:0:\nbench:x:${unprivilegedUser}:\ntcpdump:x:${unprivilegedUser + 1}:\n`,
  },
  {
    kind: 'text',
    path: '/etc/nsswitch.conf',
    mode: 0o644,
    text: 'passwd: files\ngroup: files\nhosts: files dns\n',
  },
]
