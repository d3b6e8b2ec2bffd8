import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EvidenceArtefact } from '../../suites/framework/bench.ts'
import type { Plan, PlannedLink } from '../../topologies/plan.ts'
import {
  accountsFile,
  type WitnessAccount,
  witnessFile,
  witnessFolder,
} from '../dissect/witness/account.ts'
import { compareWitness, type WitnessedWay } from '../dissect/witness/compareWitness.ts'

/** Beside the recording of the wires there may be one by the kernel of every node: the second witness. */
export function hasWitness(folder: string): boolean {
  return existsSync(join(folder, witnessFolder))
}

/** The files of the second witness, below the folder of a testbed; none where there was no such witness. */
export function witnessArtefacts(folder: string, plan: Plan): readonly EvidenceArtefact[] {
  if (!hasWitness(folder)) return []
  return [
    {
      kind: 'witness',
      path: join(folder, accountsFile),
      title: 'What the recorders of the kernels say',
    },
    ...plan.nodes.map(({ name }) => ({
      kind: 'witness',
      path: join(folder, witnessFile(name)),
      title: `What the kernel of ${name} recorded`,
    })),
  ]
}

/** Where wires and kernels disagree, one sentence each; nothing where there is no second witness. */
export async function kernelDisagreements(
  folder: string,
  plan: Plan,
  recordingPath: string,
): Promise<readonly string[]> {
  if (!hasWitness(folder)) return []
  const accounts = await readAccounts(join(folder, accountsFile))
  const missing: string[] = []
  const nodes = []
  for (const { name, address, network } of plan.nodes) {
    const recording = join(folder, witnessFile(name))
    if (await isFile(recording))
      nodes.push({
        node: name,
        address,
        fabricAddress: network?.fabricAddress ?? '',
        recording,
        account: accounts.find(({ node }) => node === name),
      })
    else missing.push(`the kernel's recording of ${name} is missing`)
  }
  return [...missing, ...(await compareWitness(recordingPath, plan.links.flatMap(waysOf), nodes))]
}

function waysOf({ wire, toRegistrar, toRegistree }: PlannedLink): WitnessedWay[] {
  const text = ({ address, port }: { address: string; port: number }) => `${address}:${port}`
  return [toRegistrar, ...toRegistree].map(({ listen, target }) => ({
    wire,
    listen: text(listen),
    target: text(target),
  }))
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

const largestAccounts = 16 * 1024 * 1024

/** An account that cannot be read counts as none: the comparison says so of the node. */
async function readAccounts(path: string): Promise<readonly WitnessAccount[]> {
  try {
    if ((await stat(path)).size > largestAccounts) return []
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Array.isArray(value) ? value.filter(isAccount) : []
  } catch {
    return []
  }
}

function isAccount(value: unknown): value is WitnessAccount {
  const { node, captured, received, dropped, problem } = Object(value)
  return (
    typeof node === 'string' &&
    [captured, received, dropped].every((count) => Number.isSafeInteger(count) && count >= 0) &&
    (problem === undefined || typeof problem === 'string')
  )
}
