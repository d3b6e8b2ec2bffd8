/** Where a purpose that mocha runs finds the bench: the command line sets it before mocha loads the spec files. */
import type { PurposeResult } from './execute.ts'
import type { TestPurpose } from './testPurpose.ts'

export interface RunContext {
  /** Runs one purpose, or says why it is not selected. Rejects only when the run is interrupted. */
  execute(purpose: TestPurpose): Promise<PurposeResult>
}

let current: RunContext | undefined

/** `undefined` clears it. */
export function setRunContext(context: RunContext | undefined): void {
  current = context
}

export function runContext(): RunContext | undefined {
  return current
}
