import type { TestSystem } from '../../suites/framework/testSystem.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { makeCanary } from './canaries.ts'
import { tell } from './control.ts'
import { makeEntityHandle } from './entityHandle.ts'
import { makeLinkHandle } from './linkHandle.ts'
import type { NoteBook } from './noteBook.ts'
import { findEntity, findLink } from './planLookup.ts'

export interface TestSystemOptions {
  readonly testbed: Testbed
  readonly purposeId: string
  readonly book: NoteBook
  /** The provisioned key of a KpsaID. */
  readonly keyOf: (credentialId: string) => Uint8Array
  readonly now: () => number
  /** Bound of every single wait. */
  readonly timeoutMs: number
}

export interface RunningTestSystem {
  readonly tester: TestSystem
  /** Ends connections and rogue registrars the purpose left open. Idempotent. */
  close(): Promise<void>
}

/** The tester over a running testbed. */
export function makeTestSystem(options: TestSystemOptions): RunningTestSystem {
  const { testbed, book, purposeId } = options
  const { plan } = testbed
  const prefix = purposeId.replaceAll('/', '-')
  const ends: (() => Promise<void>)[] = []
  let requests = 0
  let canaries = 0
  const nextRequestId = () => {
    requests += 1
    return `${prefix}-${requests}`
  }
  const common = { testbed, nextRequestId, timeoutMs: options.timeoutMs }
  const tester: TestSystem = {
    plan,
    seed: plan.seed,
    entity: (name) => makeEntityHandle({ ...common, entity: findEntity(plan, name) }),
    link: (wire) =>
      makeLinkHandle({
        ...common,
        plan,
        link: findLink(plan, wire),
        book,
        keyOf: options.keyOf,
        now: options.now,
        onEnd: (end) => void ends.push(end),
      }),
    canary: (label) => {
      canaries += 1
      const canary = makeCanary(plan.seed, purposeId, label, canaries)
      book.canary(canary)
      return canary
    },
    requestId: nextRequestId,
    expectJourney: (expected) => book.expectJourney(expected),
    note: (text) => book.write(text),
    setClock: async (node, atMs) => {
      await tell(testbed, node, { do: 'set-clock', atMs })
      book.write(atMs === null ? `${node} has real time` : `the clock of ${node} is set to ${atMs}`)
    },
  }
  const close = async () => {
    await Promise.allSettled(ends.splice(0).map((end) => end()))
  }
  return { tester, close }
}
