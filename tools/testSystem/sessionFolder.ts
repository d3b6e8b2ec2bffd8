import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { codeOfWriteFailure } from '../../protocol/writeFailure.ts'
import type { MutantAt } from '../../suites/framework/bench.ts'

/** More repetitions of one purpose in one folder than this are a mistake. */
const maximumRepetitions = 10_000

/**
 * Makes the folder of one execution: `purposes/<id with dashes>`, for mutants
 * `mutants/<id with dashes>/<node>-<misbehaviour>`, with `-2`, `-3` … when the same was run before.
 */
export async function freshFolder(
  outFolder: string,
  purposeId: string,
  mutants: readonly MutantAt[],
): Promise<string> {
  const id = purposeId.replaceAll('/', '-')
  const names = mutants.map(({ node, misbehaviour }) => `${node}-${misbehaviour}`)
  const base =
    names.length === 0
      ? join(outFolder, 'purposes', id)
      : join(outFolder, 'mutants', id, names.join('+'))
  await make(() => mkdir(dirname(base), { recursive: true }), base)
  for (let round = 1; round <= maximumRepetitions; round++) {
    const folder = round === 1 ? base : `${base}-${round}`
    if (await make(() => mkdir(folder), folder)) return folder
  }
  throw new BenchError('USAGE', `${base}: run ${maximumRepetitions} times already`, {
    remedy: 'write into another folder: --out DIR',
  })
}

/** Takes the folder of an execution away again, when nothing came into it, and what was made around it for it alone. */
export async function forgetIfEmpty(folder: string): Promise<void> {
  for (const empty of [folder, dirname(folder)]) await rmdir(empty).catch(() => {})
}

/** False when it is there already. */
async function make(mkdir: () => Promise<unknown>, folder: string): Promise<boolean> {
  try {
    await mkdir()
    return true
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EEXIST') return false
    throw new BenchError(
      codeOfWriteFailure(cause),
      `${folder}: cannot be made (${String(cause)})`,
      { remedy: 'name a folder on a disk with free space that you may write to', cause },
    )
  }
}
