import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Journal, Thing } from './journal.ts'

/** Where the things of one testbed are. */
export interface TestbedFolder {
  readonly path: string
  readonly keys: string
  readonly recording: string
  configurationOf(node: string): string
}

/** Makes the folder (0700 where missing); `forget` takes it off the journal. @throws BenchError FILE_UNREADABLE, DISK_FULL */
export async function makeTestbedFolder(
  plan: Plan,
  options: { readonly path: string; readonly journal: Journal },
): Promise<TestbedFolder & { forget(): void }> {
  const path = resolve(options.path)
  const folder: TestbedFolder = {
    path,
    keys: join(path, 'keys'),
    recording: join(path, 'recording.pcapng'),
    configurationOf: (node) => join(path, `${node}.json`),
  }
  try {
    const forget = options.journal.add(thingsOf(plan, folder))
    await mkdir(path, { recursive: true, mode: 0o700 })
    return { ...folder, forget }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    throw new BenchError(
      code === 'ENOSPC' ? 'DISK_FULL' : 'FILE_UNREADABLE',
      `the folder ${path} cannot be made (${String(code)})`,
      { remedy: 'choose a folder on a disk with free space that you may write to', cause },
    )
  }
}

/** A folder that was there before may hold what is not ours: then only our own files are written down. */
function thingsOf(plan: Plan, folder: TestbedFolder): Thing[] {
  if (existsSync(folder.path)) {
    return [
      { kind: 'folder', path: folder.keys },
      { kind: 'file', path: folder.recording },
      ...plan.nodes.flatMap(({ name }): Thing[] => [
        { kind: 'file', path: folder.configurationOf(name) },
        { kind: 'file', path: join(folder.path, `${name}.events.jsonl`) },
      ]),
    ]
  }
  const parents: Thing[] = []
  for (let parent = dirname(folder.path); !existsSync(parent); parent = dirname(parent)) {
    parents.push({ kind: 'folder-when-empty', path: parent })
  }
  return [{ kind: 'folder', path: folder.path }, ...parents]
}
