import type { ControlCommand, ControlReply, NodeEvent } from '../../../nodes/contract.ts'
import type { LoadReport, NodeResources } from '../../../nodes/load/loadContract.ts'
import { steadyNow } from '../../../nodes/load/nodeResources.ts'
import type { Testbed } from '../../../tools/runtimes/runtime.ts'
import { planOf } from '../runtimes/plans.ts'

export const emptyReport: LoadReport = { state: 'ended', inFlight: 0, slots: [] }

export const resources = (changes: Partial<NodeResources> = {}): NodeResources => ({
  process: 'elsewhere',
  atMs: steadyNow(),
  cpuMs: 1,
  rssBytes: 1,
  busyMs: 1,
  idleMs: 1,
  delayMs: { p99: 0, most: 0 },
  ...changes,
})

/** What nodes say to each command; left out = they do as they should, and are through with a load at once. */
export type Answers = {
  readonly [Name in ControlCommand['do']]?: (
    node: string,
    command: Extract<ControlCommand, { do: Name }>,
  ) => ControlReply
}

/** A testbed of nodes that only answer their upper tester. */
export function stubTestbed(
  answers: Answers,
  options: { readonly lost?: Error } = {},
): {
  readonly testbed: Testbed
  readonly told: readonly (readonly [node: string, command: ControlCommand])[]
} {
  const told: [string, ControlCommand][] = []
  const events: NodeEvent[] = []
  const waiting = new Set<(event: NodeEvent) => void>()
  const emit = (event: NodeEvent) => {
    events.push(event)
    for (const tell of waiting) tell(event)
  }
  const usual: Answers = {
    resources: () => ({ ok: true, value: resources() }),
    'load-start': (node, { entity }) => {
      queueMicrotask(() => emit({ event: 'load-ended', node, entity, atMs: 0, state: 'ended' }))
      return { ok: true, value: null }
    },
    'load-report': () => ({ ok: true, value: emptyReport }),
    'load-stop': () => ({ ok: true, value: { ...emptyReport, state: 'stopped' } }),
  }
  const testbed = {
    plan: planOf('smallest'),
    events,
    async control(node: string, command: ControlCommand): Promise<ControlReply> {
      told.push([node, command])
      // The table gives each command the answer made for it; the type system cannot follow the look-up.
      const answer = (answers[command.do] ?? usual[command.do]) as
        | ((node: string, command: ControlCommand) => ControlReply)
        | undefined
      return (
        answer?.(node, command) ?? { ok: false, code: 127, because: 'the stub has no such thing' }
      )
    },
    waitFor: (_what: string, matches: (event: NodeEvent) => boolean) =>
      new Promise<NodeEvent>((resolve, reject) => {
        if (options.lost !== undefined) reject(options.lost)
        waiting.add((event) => {
          if (matches(event)) resolve(event)
        })
      }),
  }
  // What a load does not use, the stub does not have.
  return { testbed: testbed as unknown as Testbed, told }
}
