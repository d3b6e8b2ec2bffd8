import { type Result, refusal, success } from '../result.ts'

export interface ContentType {
  /** Type of the resource to create, from `;ty=`. */
  readonly ty?: number
}

/** Media types of JSON content that is a resource or a notification (TS-0009). */
const jsonTypes: readonly string[] = [
  'application/json',
  'application/vnd.onem2m-res+json',
  'application/vnd.onem2m-ntfy+json',
]

/** Reads Content-Type; what is not JSON is refused with 4015 (TS-0004 7.3.2.1). */
export function parseContentType(text: string): Result<ContentType> {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim())
  if (!jsonTypes.includes(type.toLowerCase())) return unsupported(type)
  let ty: number | undefined
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim())
    if (name.toLowerCase() === 'charset' && !/^"?utf-8"?$/i.test(value)) return unsupported(text)
    if (name.toLowerCase() !== 'ty') continue
    if (ty !== undefined || !/^\d{1,5}$/.test(value)) {
      return refusal('HTTP_MALFORMED', 'ty of the content type is not one number')
    }
    ty = Number(value)
  }
  return success(ty === undefined ? {} : { ty })
}

/** Whether an Accept header lets JSON through; otherwise refused with 5207 (TS-0004 7.3.2.1). */
export function checkAccept(accept: string): Result<undefined> {
  const acceptable = accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const refused = parameters.some((parameter) => /^q\s*=\s*0(?:\.0{0,3})?$/.test(parameter))
    return !refused && (type === '*/*' || type === 'application/*' || jsonTypes.includes(type))
  })
  return acceptable
    ? success(undefined)
    : refusal('NOT_ACCEPTABLE', 'only JSON responses are supported', 5207)
}

function unsupported(type: string): Result<never> {
  return refusal(
    'MEDIA_TYPE_UNSUPPORTED',
    `content format ${JSON.stringify(type.slice(0, 80))} is not supported, JSON is`,
    4015,
  )
}
