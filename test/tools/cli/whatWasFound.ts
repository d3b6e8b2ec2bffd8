import type { PurposeRecord, RunRecord } from '../../../reports/model/runRecord.ts'

/** What a run found, without what has to differ from one place to the next: addresses, ports, times, frame numbers. */
export function whatWasFound(record: RunRecord): object[] {
  return record.purposes.map(found).toSorted((a, b) => a.id.localeCompare(b.id))
}

function found(purpose: PurposeRecord) {
  const { id, verdict, grade, controls, properties, journeys, knowledge } = purpose
  return {
    id,
    verdict,
    grade,
    controls: controls.map(({ when, clean }) => ({ when, clean })),
    properties: properties.map(({ name, result }) => ({ name, result })),
    // What is registered side by side comes in any order.
    journeys: journeys.map(wayOf).toSorted(),
    knowledge: knowledge.map(({ canary, readers, inClear }) => ({
      canary,
      readers: readers.toSorted(),
      inClear: inClear.length,
    })),
  }
}

/** E.g. `ae1>cse1 TLS 1.2 TLS_PSK… kpsa… CREATE … 2001, cse1>cse2 …`. */
function wayOf({ hops }: PurposeRecord['journeys'][number]): string {
  return hops
    .map(({ from, to, security, inside, rsc }) => {
      const { version = 'plain', suite = '', identity = '' } = security ?? {}
      return `${from}>${to} ${version} ${suite} ${identity} ${inside} ${rsc}`
    })
    .join(', ')
}
