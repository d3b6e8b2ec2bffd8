import { type Result, refusal, success } from '../result.ts'

/** Path of a `to` without fragment (TS-0009): CSE-relative `/x`, SP-relative `/~/cse/x`, absolute `/_/sp/cse/x`. */
export function pathOf(to: string): string {
  const path = to.startsWith('//') ? `/_${to.slice(1)}` : to.startsWith('/') ? `/~${to}` : `/${to}`
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The `to` of a path; the other way round. */
export function toOfPath(path: string): Result<string> {
  if (!path.startsWith('/')) return malformed(path)
  const segments: string[] = []
  for (const raw of path.slice(1).split('/')) {
    const segment = decode(raw)
    // A decoded slash or fragment would make the next reader see another resource.
    if (segment === undefined || /[/#?]/.test(segment)) return malformed(path)
    segments.push(segment)
  }
  const [first = '', ...rest] = segments
  if (first === '~') return rest.length > 0 ? success(`/${rest.join('/')}`) : malformed(path)
  if (first === '_') return rest.length > 0 ? success(`//${rest.join('/')}`) : malformed(path)
  return first === '' ? malformed(path) : success(segments.join('/'))
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function malformed(path: string): Result<never> {
  return refusal(
    'HTTP_MALFORMED',
    `not the path of a resource: ${JSON.stringify(path.slice(0, 80))}`,
  )
}
