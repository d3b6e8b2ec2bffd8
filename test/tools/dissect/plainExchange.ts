import { type Segment, tcpPacket } from './segments.ts'

/** One message over a plain connection that is opened for it and closed behind it. */
export interface PlainMessage {
  readonly request: Buffer | string
  readonly response?: Buffer | string
  /** Sent by the server of the recording's fixed ends to the client's address, e.g. a hop back. */
  readonly clientPort?: number
}

/** The packets of whole plain connections, one after the other. */
export function plainConnections(messages: readonly PlainMessage[]): Buffer[] {
  return messages.flatMap(({ request, response = '', clientPort = 40_000 }, index) => {
    const port = clientPort + index
    const asked = Buffer.from(request)
    const answered = Buffer.from(response)
    const segments: Segment[] = [
      { from: 'client', sequence: 99, flags: 'S', clientPort: port },
      { from: 'server', sequence: 199, flags: 'SA', clientPort: port },
      { from: 'client', sequence: 100, bytes: asked, clientPort: port },
      { from: 'server', sequence: 200, bytes: answered, clientPort: port },
      { from: 'client', sequence: 100 + asked.length, flags: 'FA', clientPort: port },
      { from: 'server', sequence: 200 + answered.length, flags: 'FA', clientPort: port },
    ]
    return segments.map(tcpPacket)
  })
}

export function httpPost(body: Buffer | string, headers: readonly string[] = []): Buffer {
  const bytes = Buffer.from(body)
  const head = [
    'POST /~/cse1/base HTTP/1.1',
    'Host: cse1',
    'X-M2M-RI: r1',
    'X-M2M-Origin: CAE1',
    'X-M2M-RVI: 3',
    'Content-Type: application/json;ty=4',
    `Content-Length: ${bytes.length}`,
    ...headers,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}
