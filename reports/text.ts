import { headlineOf, warningsOf } from './headline.ts'
import { revealHidden } from './html/escape.ts'
import type { HopRecord, JourneyRecord, PurposeRecord, RunRecord } from './model/runRecord.ts'
import { summarise } from './model/summary.ts'

/**
 * The record as plain text for a terminal or a log: the counts on the first line, then the outcome in words, one line
 * per purpose with what is behind a verdict other than pass, and the mutants. Ends with a line feed.
 */
export function toText(record: RunRecord): string {
  const lines = [
    summaryLine(record),
    headlineOf(record),
    ...warningsOf(record).map((warning) => `! ${warning}`),
    ...record.purposes.flatMap(purposeLines),
    ...mutantLines(record),
  ]
  return `${lines.map(oneLine).join('\n')}\n`
}

/** `selected 25  executed 25  pass 23  fail 2  inconc 0  error 0  deviations 1`. */
export function summaryLine(record: RunRecord): string {
  const summary = summarise(record.purposes, record.summary.selected)
  return shownCounts.map((name) => `${name} ${summary[name]}`).join('  ')
}

/** One hop after the other: `AE1 --TLS 1.2 TLS_PSK_… as kpsa-CAE1@sp.example--> CSE1 --plain--> CSE2 (2001)`. */
export function pathLine(journey: JourneyRecord): string {
  const hops = journey.hops.toSorted((a, b) => a.requestAtMs - b.requestAtMs)
  let line = ''
  let at: string | undefined
  for (const hop of hops) {
    const start = hop.from === at ? '' : `${at === undefined ? '' : ', '}${hop.from}`
    line += `${start} --${securityOf(hop)}--> ${hop.to}`
    at = hop.to
  }
  if (line === '') line = `${journey.path[0] ?? '?'}: seen on no wire`
  const answer = hops[0]?.rsc
  return oneLine(`${line}${answer === undefined ? ' (no answer seen)' : ` (${answer})`}`)
}

const shownCounts = [
  'selected',
  'executed',
  'pass',
  'fail',
  'inconc',
  'error',
  'deviations',
] as const

function securityOf(hop: HopRecord): string {
  if (hop.security === undefined) return 'plain'
  const { version, suite, identity } = hop.security
  return identity === undefined ? `${version} ${suite}` : `${version} ${suite} as ${identity}`
}

function purposeLines(purpose: PurposeRecord): readonly string[] {
  const deviation = purpose.grade === 'conceptual' ? ' [deviation]' : ''
  const mutants = purpose.mutants.map((m) => ` [with ${m.misbehaviour} on ${m.node}]`).join('')
  const head = `${purpose.verdict.padEnd(6)} ${purpose.id} — ${purpose.title}${deviation}${mutants}`
  if (purpose.verdict === 'pass') {
    return purpose.grade === 'conceptual' ? [head, `       ${purpose.reason}`] : [head]
  }
  if (purpose.verdict === 'none') return [`${head}: ${purpose.reason}`]
  return [
    head,
    `       ${purpose.reason}`,
    ...purpose.journeys.map((journey) => `       ${pathLine(journey)}`),
    `       again: ${purpose.reproduce}`,
  ]
}

function mutantLines(record: RunRecord): readonly string[] {
  return (record.mutants ?? []).map((mutant) => {
    const by = mutant.outcomes.filter((outcome) => outcome.killed).map((o) => o.purpose)
    const named = mutant.outcomes.map((outcome) => `${outcome.purpose} says ${outcome.verdict}`)
    if (mutant.killed) return `killed   ${mutant.misbehaviour} by ${by.join(', ')}`
    return `survived ${mutant.misbehaviour}: ${named.join(', ') || 'no purpose names it'}`
  })
}

/** Text from nodes must not move the cursor, colour the terminal or forge a line of its own. */
function oneLine(text: string): string {
  return revealHidden(text.replace(/[\n\t]+/g, ' '))
}
