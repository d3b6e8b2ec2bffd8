import { existsSync, readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { codeOfWriteFailure } from '../../protocol/writeFailure.ts'
import type { Plan } from '../../topologies/plan.ts'
import { type Journal, markFolder, type Thing } from './journal.ts'

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
  let forget = () => {}
  try {
    forget = options.journal.add(thingsOf(plan, folder))
    const isNew = !existsSync(path)
    await mkdir(folder.keys, { recursive: true, mode: 0o700 })
    // Only what was made here is marked: a folder of somebody else's stays, with what it held before.
    markFolder(folder.keys)
    if (isNew) markFolder(path)
    return { ...folder, forget }
  } catch (cause) {
    forget()
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    throw new BenchError(
      codeOfWriteFailure(cause),
      `the folder ${path} cannot be made (${String(code)})`,
      { remedy: 'choose a folder on a disk with free space that you may write to', cause },
    )
  }
}

/**
 * A folder that was there before may hold what is not ours: then only our own files are written down. Folders around it go
 * when they were made for it, or waited empty for it, and nothing else has come into them.
 */
function thingsOf(plan: Plan, folder: TestbedFolder): Thing[] {
  const isNew = !existsSync(folder.path)
  const own: Thing[] = isNew
    ? [{ kind: 'folder', path: folder.path }]
    : [
        { kind: 'folder', path: folder.keys },
        { kind: 'file', path: folder.recording },
        ...plan.nodes.flatMap(({ name }): Thing[] => [
          { kind: 'file', path: folder.configurationOf(name) },
          { kind: 'file', path: join(folder.path, `${name}.events.jsonl`) },
        ]),
      ]
  const around: Thing[] = []
  let outer = isNew ? dirname(folder.path) : folder.path
  for (; !existsSync(outer); outer = dirname(outer)) {
    around.push({ kind: 'folder-when-empty', path: outer })
  }
  if (readdirSync(outer).length === 0) {
    around.push({ kind: 'folder-when-empty', path: outer })
  }
  return [...own, ...around]
}
