import { firstMisfit, type Schema } from '../model/schema.ts'
import document from './loadRecord.schema.json' with { type: 'json' }
import type { LoadRecord } from './loadRecord.ts'

export type ParsedLoadRecord =
  | { readonly ok: true; readonly value: LoadRecord }
  | { readonly ok: false; readonly message: string; readonly remedy: string }

const schema: Schema = document

/** Parses the text of a `load.json`. Unknown fields and versions are refused. */
export function parseLoadRecord(text: string, file = 'load.json'): ParsedLoadRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused(`${file}: is not JSON`)
  }
  const misfit = firstMisfit(schema, value)
  if (misfit === undefined) return { ok: true, value: value as LoadRecord }
  return refused(`${file}: at ${misfit.path || 'the top'}: ${misfit.expected} is expected`)
}

function refused(message: string): ParsedLoadRecord {
  return { ok: false, message, remedy: 'name the load.json that `./bench load` wrote' }
}
