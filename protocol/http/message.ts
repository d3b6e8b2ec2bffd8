/** Headers as a list of pairs (as on the wire) or as an object (as node:http gives them); names in any case. */
export type HeaderSource =
  | readonly (readonly [name: string, value: string])[]
  | Readonly<Record<string, string | readonly string[] | undefined>>

export interface HttpRequest {
  readonly method: string
  /** Origin form: path and query. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

export interface HttpResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

export type IncomingHttpRequest = Omit<HttpRequest, 'headers'> & { readonly headers: HeaderSource }
export type IncomingHttpResponse = Omit<HttpResponse, 'headers'> & {
  readonly headers: HeaderSource
}

/** Bounds on what is read. */
export const httpLimits = {
  bodyBytes: 1024 * 1024,
  headers: 100,
  headerCharacters: 8192,
  targetCharacters: 8192,
  queryFields: 100,
  jsonDepth: 32,
} as const
