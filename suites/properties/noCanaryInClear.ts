/** Content confidentiality on the wire: no marker can be read by who only listens. */
import type { CanaryEncoding, CanaryKnowledge } from '../../tools/dissect/trace.ts'
import type { Property } from '../framework/evidence.ts'
import { breach, counted, holds, notObserved, violated } from './result.ts'
import { isSecured } from './views.ts'

const encodings: readonly CanaryEncoding[] = [
  'raw',
  'base64',
  'hex',
  'url',
  'json-escaped',
  'compressed',
]

/**
 * Links that are plain on purpose are left out. A canary that nobody was seen to read was not looked for in the right
 * place, and protected bytes that could not be opened may hold anything: both leave the property open.
 */
export const noCanaryInClear: Property = {
  name: 'no-canary-in-clear',
  claim: 'No secured wire carries a canary outside protection, in any of the encodings searched.',
  requirement: 'TS-0003 6.1.2.2.1',
  check: ({ knowledge, plan }) => {
    const breaches = knowledge.flatMap(({ canary, inClear }) =>
      inClear
        .filter(({ wire }) => isSecured(plan, wire))
        .map(({ wire, encoding, frame }) =>
          breach(`canary ${canary.label} is in clear on ${wire} (${encoding})`, frame),
        ),
    )
    if (breaches.length > 0) return violated(breaches)
    if (knowledge.length === 0) return notObserved('no canary was put into content')
    const open = knowledge.flatMap((row) => whyOpen(row) ?? [])
    if (open.length > 0) return notObserved(open.join('; '))
    const labels = knowledge.map(({ canary }) => canary.label).join(', ')
    return holds(`${labels}: searched as ${encodings.join(', ')}, found inside protection only`)
  },
}

function whyOpen({ canary, readers, searched, unreadable }: CanaryKnowledge): string | undefined {
  const missing = encodings.filter((encoding) => !searched.includes(encoding))
  if (readers.length === 0) return `canary ${canary.label} was not found anywhere`
  if (unreadable.length > 0) {
    return `canary ${canary.label}: ${counted(unreadable.length, 'protected place')} could not be opened`
  }
  return missing.length > 0
    ? `canary ${canary.label} was not searched as ${missing.join(', ')}`
    : undefined
}
