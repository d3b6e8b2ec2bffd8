/** From what was observed to one verdict with one reason (architecture section 7). Pure. */
import type { Grade, Verdict } from '../../reports/model/runRecord.ts'
import type { PropertyResult } from './evidence.ts'

export type { Grade, Verdict }

/** How a body, or the judging of a fault, ended. Plain data: stored beside the recording. */
export interface Outcome {
  readonly kind:
    | 'as-expected'
    /** Right outcome, but another code or alert than the clause names. */
    | 'conceptual'
    /** An assertion about the IUT failed. */
    | 'contradicted'
    /** Could be neither confirmed nor denied. */
    | 'inconclusive'
    /** The bench itself failed. */
    | 'bench-error'
  readonly because: string
}

export interface ControlResult {
  readonly when: 'before' | 'after'
  readonly clean: boolean
  readonly because: string
}

export interface JudgedProperty extends PropertyResult {
  readonly name: string
  readonly claim: string
  readonly requirement: string
  /** The property itself threw: a defect of the bench. */
  readonly defect?: string
}

export interface VerdictInput {
  readonly behaviour: 'BV' | 'BI'
  /** Absent: the body or the judging ended without an outcome. */
  readonly outcome?: Outcome
  /** Of a negative purpose, in order. */
  readonly controls: readonly ControlResult[]
  readonly properties: readonly JudgedProperty[]
  /** Absent: there is no recording. */
  readonly recording?: { readonly frames: number; readonly problems: readonly string[] }
  /** Associations that carried protected data which could not be opened. */
  readonly undecryptable: readonly string[]
  /** Trouble outside the judged part: bring-up, preamble, postamble, shutdown. */
  readonly trouble?: Outcome
  /** Turns a conceptual pass into a fail. */
  readonly strict: boolean
}

export interface Judged {
  readonly verdict: Verdict
  readonly grade: Grade
  readonly reason: string
}

/** Thrown by a body, stimulus or control that could not find out: the verdict becomes `inconc`. */
export class Inconclusive extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Inconclusive'
  }
}

/** Worst last: merging keeps the later one. */
const order: readonly Verdict[] = ['none', 'pass', 'inconc', 'fail', 'error']

/** The worse of two: none < pass < inconc < fail < error. */
export function merge(a: Verdict, b: Verdict): Verdict {
  return order.indexOf(a) >= order.indexOf(b) ? a : b
}

/** One thing that speaks for a verdict. */
interface Finding {
  readonly verdict: Verdict
  readonly reason: string
}

const verdictOfOutcome: Readonly<Record<Outcome['kind'], Verdict>> = {
  'as-expected': 'pass',
  conceptual: 'pass',
  contradicted: 'fail',
  inconclusive: 'inconc',
  'bench-error': 'error',
}

/**
 * Every finding is collected, the worst decides, and all findings as bad as that one make the reason. Without clean
 * controls, or when trouble kept the body from ending, what was observed says nothing about the IUT: outcome and
 * properties are then left out, unless they show that the bench itself failed.
 */
export function verdictOf(input: VerdictInput): Judged {
  const controls = controlFindings(input)
  const cutShort = input.trouble !== undefined && input.outcome === undefined
  const withheld = !controlsAreClean(input) || cutShort
  const deviations = withheld ? [] : deviationsOf(input)
  const findings = [
    ...troubleFindings(input),
    ...recordingFindings(input),
    ...controls,
    ...outcomeFindings(input, withheld),
    ...propertyFindings(input, withheld),
    ...input.undecryptable.map((what) => inconc(`could not be decrypted: ${what}`)),
    ...(input.strict ? deviations.map((because) => fail(`strict: ${because}`)) : []),
  ]
  if (findings.every(isGood) && !isProven(input)) {
    findings.push(error('nothing speaks against a pass, but not all that it needs was seen'))
  }
  const verdict = findings.map((finding) => finding.verdict).reduce(merge, 'pass')
  return {
    verdict,
    grade: deviations.length > 0 ? 'conceptual' : 'strict',
    reason:
      verdict === 'pass' ? passReason(input, deviations) : joined(reasonsFor(findings, verdict)),
  }
}

function isGood({ verdict }: Finding): boolean {
  return verdict === 'pass'
}

/** Said once more, the other way round: a wrong pass is the worst a bench can do. */
function isProven(input: VerdictInput): boolean {
  const { outcome, properties, recording } = input
  return (
    (outcome?.kind === 'as-expected' || outcome?.kind === 'conceptual') &&
    (recording?.frames ?? 0) > 0 &&
    properties.length > 0 &&
    properties.every(({ result }) => result === 'holds') &&
    controlsAreClean(input)
  )
}

function troubleFindings({ trouble }: VerdictInput): Finding[] {
  if (trouble === undefined) return []
  const verdict = trouble.kind === 'bench-error' ? 'error' : 'inconc'
  return [{ verdict, reason: trouble.because }]
}

function recordingFindings({ recording, trouble, outcome }: VerdictInput): Finding[] {
  if (recording === undefined) {
    const explained = trouble !== undefined && outcome === undefined
    return explained ? [] : [error('there is no recording')]
  }
  if (recording.frames === 0) return [error('the recording is empty')]
  return recording.problems.map((problem) => error(`the recording cannot be trusted: ${problem}`))
}

function controlsAreClean({ behaviour, controls }: VerdictInput): boolean {
  const clean = controls.length === 2 && controls.every((control) => control.clean)
  return (
    behaviour === 'BV' || (clean && controls[0]?.when === 'before' && controls[1]?.when === 'after')
  )
}

/** Anything but two clean controls, one before and one after, is a finding (architecture section 7). */
function controlFindings({ behaviour, controls, trouble, outcome }: VerdictInput): Finding[] {
  if (behaviour === 'BV') return []
  const dirty = controls.filter((control) => !control.clean)
  if (dirty.length > 0) {
    return dirty.map(({ when, because }) => inconc(`the control ${when} is not clean: ${because}`))
  }
  if (trouble !== undefined || outcome?.kind === 'bench-error') return []
  return (['before', 'after'] as const)
    .filter((when) => !controls.some((control) => control.when === when))
    .map((when) => inconc(`the control ${when} was not run`))
}

function outcomeFindings({ outcome, trouble }: VerdictInput, withheld: boolean): Finding[] {
  if (outcome === undefined) {
    return withheld || trouble !== undefined ? [] : [error('the body ended without an outcome')]
  }
  if (withheld && outcome.kind !== 'bench-error') return []
  return [{ verdict: verdictOfOutcome[outcome.kind], reason: outcome.because }]
}

function propertyFindings(input: VerdictInput, withheld: boolean): Finding[] {
  const { properties } = input
  if (properties.length === 0) {
    return withheld || input.recording === undefined ? [] : [error('no property was checked')]
  }
  const defects = properties.flatMap(({ name, defect }) =>
    defect === undefined ? [] : [error(`the property ${name} failed: ${defect}`)],
  )
  if (withheld) return defects
  const judged = properties
    .filter(({ defect }) => defect === undefined)
    .flatMap(({ name, result, because }) => {
      if (result === 'violated') return [fail(`${name} is violated: ${because}`)]
      return result === 'holds' ? [] : [inconc(`${name} was not observed: ${because}`)]
    })
  return [...defects, ...judged]
}

function deviationsOf({ outcome, properties }: VerdictInput): string[] {
  const ofBody = outcome?.kind === 'conceptual' ? [outcome.because] : []
  const ofProperties = properties.flatMap(({ name, result, deviation }) =>
    result === 'holds' && deviation !== undefined ? [`${name}: ${deviation}`] : [],
  )
  return [...ofBody, ...ofProperties]
}

function passReason(input: VerdictInput, deviations: readonly string[]): string {
  const count = input.properties.length
  const held = `${count} ${count === 1 ? 'property holds' : 'properties hold'}`
  const controls = input.behaviour === 'BI' ? ', both controls are clean' : ''
  const deviating = deviations.length > 0 ? `; conceptual: ${joined(deviations)}` : ''
  return `as expected, ${held}${controls}${deviating}`
}

function reasonsFor(findings: readonly Finding[], verdict: Verdict): string[] {
  return findings.filter((finding) => finding.verdict === verdict).map(({ reason }) => reason)
}

function joined(reasons: readonly string[]): string {
  return [...new Set(reasons)].join('; ')
}

function inconc(reason: string): Finding {
  return { verdict: 'inconc', reason }
}

function fail(reason: string): Finding {
  return { verdict: 'fail', reason }
}

function error(reason: string): Finding {
  return { verdict: 'error', reason }
}
