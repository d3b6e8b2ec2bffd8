import type { PurposeRecord, RunRecord } from './model/runRecord.ts'
import { contradictionsOf, summarise } from './model/summary.ts'

/**
 * The record as JUnit XML: one suite per group of purposes (`BTP/SAEF/PSK`), one case per purpose. fail becomes
 * `failure`, inconc and error become `error` with that type, none becomes `skipped`. What is wrong with the run as a
 * whole (interrupted, selected but not run) becomes an error of its own, so that no reader takes it for a success.
 */
export function toJUnit(record: RunRecord): string {
  const groups = Map.groupBy(record.purposes, (purpose) => groupOf(purpose.id))
  const suites = [...groups].map(([group, purposes]) => suite(record, group, purposes))
  const troubles = troublesOf(record)
  if (troubles.length > 0) suites.push(troubleSuite(troubles))
  const { fail, inconc, error, none } = summarise(record.purposes)
  const totals = attributes({
    name: 'onem2m-bench',
    tests: record.purposes.length + troubles.length,
    failures: fail,
    errors: inconc + error + troubles.length,
    skipped: none,
    time: seconds(record.durationMs),
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${totals}>\n${suites.join('')}</testsuites>\n`
}

/** `BTP/SAEF/PSK/003` belongs to `BTP/SAEF/PSK`. */
export function groupOf(id: string): string {
  const end = id.lastIndexOf('/')
  return end > 0 ? id.slice(0, end) : id
}

function suite(record: RunRecord, group: string, purposes: readonly PurposeRecord[]): string {
  const { fail, inconc, error, none } = summarise(purposes)
  const head = attributes({
    name: group,
    tests: purposes.length,
    failures: fail,
    errors: inconc + error,
    skipped: none,
    time: seconds(purposes.reduce((sum, purpose) => sum + purpose.durationMs, 0)),
    timestamp: purposes[0]?.startedAt ?? record.startedAt,
  })
  const properties = [
    ['seed', String(record.seed)],
    ['runtime', record.runtime],
    ['bench', `${record.bench.version} ${record.bench.commit}`],
  ].map(([name = '', value = '']) => `      <property${attributes({ name, value })}/>\n`)
  const cases = purposes.map(testCase).join('')
  return `  <testsuite${head}>\n    <properties>\n${properties.join('')}    </properties>\n${cases}  </testsuite>\n`
}

function testCase(purpose: PurposeRecord): string {
  const mutants = purpose.mutants.map((m) => ` [with ${m.misbehaviour} on ${m.node}]`).join('')
  const head = attributes({
    name: `${purpose.id} — ${purpose.title}${mutants}`,
    classname: groupOf(purpose.id),
    time: seconds(purpose.durationMs),
  })
  const element = elements[purpose.verdict]
  const outcome = element === undefined ? '' : element(purpose)
  const output = `      <system-out>${escapeXml(outputOf(purpose))}</system-out>\n`
  return `    <testcase${head}>\n${outcome}${output}    </testcase>\n`
}

type Render = (purpose: PurposeRecord) => string

const elements: Readonly<Record<PurposeRecord['verdict'], Render | undefined>> = {
  none: (p) => `      <skipped${attributes({ message: p.reason })}/>\n`,
  pass: undefined,
  inconc: (p) => problem('error', p),
  fail: (p) => problem('failure', p),
  error: (p) => problem('error', p),
}

function problem(element: 'failure' | 'error', purpose: PurposeRecord): string {
  const head = attributes({ message: purpose.reason, type: purpose.verdict })
  const lines = [
    purpose.reason,
    ...purpose.properties
      .filter((property) => property.result !== 'holds')
      .map((p) => `${p.name} ${p.result}: ${p.because}${framesText(p.frames)}`),
    ...purpose.controls
      .filter((control) => !control.clean)
      .map((control) => `control ${control.when}: ${control.because}`),
    `requirement: ${purpose.requirement}`,
    `reproduce: ${purpose.reproduce}`,
  ]
  return `      <${element}${head}>${escapeXml(lines.join('\n'))}</${element}>\n`
}

function framesText(frames: PurposeRecord['properties'][number]['frames']): string {
  if (frames.length === 0) return ''
  return ` (${frames.map((f) => `${f.wire} frame ${f.frame}`).join(', ')})`
}

function outputOf(purpose: PurposeRecord): string {
  const deviation = purpose.grade === 'conceptual' ? ['grade: conceptual'] : []
  const evidence = purpose.evidence.map((a) => `${a.kind}: ${a.path}`)
  return [`verdict: ${purpose.verdict}`, ...deviation, ...evidence].join('\n')
}

function troublesOf(record: RunRecord): readonly string[] {
  const { executed } = summarise(record.purposes)
  const { selected } = record.summary
  const interrupted = record.interrupted === undefined ? [] : [`interrupted: ${record.interrupted}`]
  const short = executed < selected ? [`${selected - executed} selected purposes did not run`] : []
  const survivors = (record.mutants ?? [])
    .filter((mutant) => !mutant.killed)
    .map((mutant) => `the mutant ${mutant.misbehaviour} survived`)
  return [...interrupted, ...short, ...survivors, ...contradictionsOf(record)]
}

function troubleSuite(troubles: readonly string[]): string {
  const head = attributes({
    name: 'run',
    tests: troubles.length,
    failures: 0,
    errors: troubles.length,
    skipped: 0,
    time: '0.000',
  })
  const cases = troubles.map((trouble) => {
    const name = attributes({ name: trouble, classname: 'run', time: '0.000' })
    return `    <testcase${name}>\n      <error${attributes({ message: trouble, type: 'run' })}/>\n    </testcase>\n`
  })
  return `  <testsuite${head}>\n${cases.join('')}  </testsuite>\n`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
}

/** Keeps only characters that XML 1.0 allows, then escapes; line breaks survive in attributes. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"\n\r\t]/g, (character) => xmlEntities[character] ?? '')
}

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}
