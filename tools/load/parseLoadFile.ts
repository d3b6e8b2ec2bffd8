import { located, readDocument } from '../../topologies/document.ts'
import type { FoundProblem, TopologyProblem } from '../../topologies/problem.ts'
import { schemaCheck } from '../../topologies/schemaCheck.ts'
import schema from './load.schema.json' with { type: 'json' }
import { type LoadFile, type LoadRate, loadDefaults } from './loadFile.ts'

export type ParsedLoad =
  | { readonly ok: true; readonly load: LoadFile }
  | { readonly ok: false; readonly problems: readonly TopologyProblem[] }

const page = 'docs/load.md'
const schemaProblems = schemaCheck(schema, page)

/** Reads a load file. `file` only names it in problems; all problems come back at once. Never throws. */
export function parseLoadFile(text: string, file: string): ParsedLoad {
  const { document, problems } = readDocument(text, file, page)
  if (document === undefined) return { ok: false, problems }
  const misfits = schemaProblems(document.value)
  const found = misfits.length > 0 ? misfits : rateProblems(document.value as WrittenLoad)
  const all = [...problems, ...found.map((problem) => located(document, problem))]
  if (all.length > 0) return { ok: false, problems: all }
  const { ratePerS, ratePerDevicePerS, ...written } = document.value as WrittenLoad
  return {
    ok: true,
    load: { ...loadDefaults, ...written, rate: rateOf(ratePerS, ratePerDevicePerS) },
  }
}

type WrittenLoad = Omit<LoadFile, 'rate'> & {
  readonly ratePerS?: number
  readonly ratePerDevicePerS?: number
}

function rateOf(ofAll: number | undefined, ofEach: number | undefined): LoadRate {
  return ofAll === undefined ? { perS: ofEach ?? 0, of: 'each' } : { perS: ofAll, of: 'all' }
}

/** What the schema cannot say in words that help: exactly one of the two rates. */
function rateProblems(written: WrittenLoad): readonly FoundProblem[] {
  const { ratePerS, ratePerDevicePerS } = written
  if ((ratePerS === undefined) !== (ratePerDevicePerS === undefined)) return []
  if (ratePerS === undefined) {
    const remedy = 'add `ratePerS` (all devices together) or `ratePerDevicePerS` (each)'
    return [{ path: [], part: 'name', message: 'the rate is missing', remedy }]
  }
  const message = '`ratePerS` and `ratePerDevicePerS` both give the rate'
  return [{ path: ['ratePerDevicePerS'], part: 'name', message, remedy: 'remove one of the two' }]
}
