import type { PropertyRecord, RecordedLink, Verdict } from '../model/runRecord.ts'
import { html, Markup } from './markup.ts'

/** Words for verdicts; a mark always stands beside its word. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  inconc: 'inconc',
  error: 'error',
  none: 'none',
}

export const resultVerdicts: Readonly<Record<PropertyRecord['result'], Verdict>> = {
  holds: 'pass',
  violated: 'fail',
  'not-observed': 'inconc',
}

/** Shape and word of a verdict: the shape differs, not only the colour. */
export function verdictMark(verdict: Verdict, word: string = verdictWords[verdict]): Markup {
  return html`<span class="mark ${verdict}"><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><use href="#v-${verdict}"/></svg>${word}</span>`
}

export type LinkSeen = RecordedLink['seen']

/** Whether what was seen on a link is what was planned. */
export function linkVerdict(link: Pick<RecordedLink, 'planned' | 'seen'>): Verdict {
  if (link.seen === 'idle') return 'none'
  if (link.planned === 'none') return link.seen === 'plain' ? 'none' : 'inconc'
  return link.seen === 'protected' ? 'pass' : 'fail'
}

/** Lock or open lock, for a link or a hop. */
export function lockMark(isProtected: boolean): Markup {
  return html`<svg class="lock" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><use href="#${isProtected ? 'locked' : 'unlocked'}"/></svg>`
}

/** Symbols that the marks refer to; once per page. */
export const symbols = new Markup(`<svg width="0" height="0" class="symbols" aria-hidden="true">
<symbol id="v-pass" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5" fill="currentColor"/><path d="M4.5 8.3l2.4 2.4 4.6-5" fill="none" stroke="var(--page)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="v-fail" viewBox="0 0 16 16"><path d="M1 1h14v14H1z" fill="currentColor"/><path d="M5 5l6 6M11 5l-6 6" stroke="var(--page)" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="v-inconc" viewBox="0 0 16 16"><path d="M8 0l8 8-8 8-8-8z" fill="currentColor"/><path d="M6.3 6.4c0-2.4 3.5-2.3 3.5-.2 0 1.4-1.7 1.4-1.7 2.8" fill="none" stroke="var(--page)" stroke-width="1.5" stroke-linecap="round"/><circle cx="8.1" cy="11.3" r=".9" fill="var(--page)"/></symbol>
<symbol id="v-error" viewBox="0 0 16 16"><path d="M8 .8l7.6 14H.4z" fill="currentColor"/><path d="M8 6v4" stroke="var(--page)" stroke-width="1.7" stroke-linecap="round"/><circle cx="8" cy="12.4" r=".95" fill="var(--page)"/></symbol>
<symbol id="v-none" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.7" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2.2"/></symbol>
<symbol id="locked" viewBox="0 0 14 14"><path d="M4.2 6V4.3a2.8 2.8 0 0 1 5.6 0V6" fill="none" stroke="currentColor" stroke-width="1.5"/><rect x="2.5" y="6" width="9" height="6.5" rx="1.2" fill="currentColor"/></symbol>
<symbol id="unlocked" viewBox="0 0 14 14"><path d="M4.2 6V3.8a2.8 2.8 0 0 1 5.4-1" fill="none" stroke="currentColor" stroke-width="1.5"/><rect x="2.5" y="6.5" width="9" height="6" rx="1.2" fill="none" stroke="currentColor" stroke-width="1.5"/></symbol>
</svg>`)
