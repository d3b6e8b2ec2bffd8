import { gunzipSync } from 'node:zlib'
import { cipherSuiteName } from '../../protocol/security/cipherSuites.ts'
import { alertName, handshakeTypeName, versionName } from '../../tools/dissect/tls/names.ts'
import type { Connection, Trace } from '../../tools/dissect/trace.ts'
import { portsOfProtocols, tsharkReading } from '../tools/capture/tsharkFields.ts'

const fields = {
  frame: 'frame.number',
  stream: 'tcp.stream',
  payload: 'tcp.len',
  handshakeType: 'tls.handshake.type',
  suite: 'tls.handshake.ciphersuite',
  version: 'tls.handshake.version',
  supportedVersion: 'tls.handshake.extensions.supported_version',
  identity: 'tls.handshake.identity',
  hint: 'tls.handshake.hint',
  serverName: 'tls.handshake.extensions_server_name',
  alert: 'tls.alert_message.desc',
  method: 'http.request.method',
  uri: 'http.request.uri',
  status: 'http.response.code',
  body: 'http.file_data',
} as const

type Field = keyof typeof fields
type Row = Readonly<Record<Field, readonly string[]>>

/** Between several values of one field in one frame; occurs in none of them. */
const separator = '|'

/**
 * The second opinion: what tshark says of a recording, with no key given, and where the trace says otherwise.
 * Compared per TCP connection: version, suite, identity, hint, server name, alerts, order of the handshake, and the HTTP
 * inside and outside of the association; and whether the recording is cut short. Empty = they agree.
 */
export async function compareWithTshark(path: string, trace: Trace): Promise<string[]> {
  const { rows, cutShort } = await readRows(path, await hintsFor(trace))
  const connections = trace.connections.filter(({ transport }) => transport === 'tcp')
  const streams = new Set(rows.flatMap((row) => row.stream))
  const disagreements =
    streams.size === connections.length
      ? []
      : [`tshark sees ${streams.size} connections, the trace has ${connections.length}`]
  const problems = trace.recording.problems.join('; ')
  if (cutShort !== /truncated/.test(problems))
    disagreements.push(`tshark: ${cutShort ? 'cut short' : 'whole'}, trace: problems "${problems}"`)
  connections.forEach((connection, stream) => {
    const own = rows.filter((row) => row.stream[0] === String(stream))
    const said = facts(own, connection)
    const traced = tracedFacts(trace, connection)
    for (const [name, value] of Object.entries(said)) {
      const ours = traced[name as keyof Facts]
      // tshark reads identity and hint of plain PSK suites only.
      if (value === undefined && (name === 'identity' || name === 'hint')) continue
      if (JSON.stringify(value) !== JSON.stringify(ours))
        disagreements.push(
          `connection ${connection.id}, ${name}: tshark ${JSON.stringify(value)}, trace ${JSON.stringify(ours)}`,
        )
    }
  })
  return disagreements
}

interface Facts {
  readonly version: string | undefined
  readonly suite: string | undefined
  readonly identity: string | undefined
  readonly hint: string | undefined
  readonly serverName: string | undefined
  readonly handshake: readonly string[]
  readonly alerts: readonly string[]
  readonly http: readonly string[]
}

/**
 * None, as a rule. The system now and then chooses a client port that tshark knows as another protocol's (44818 is
 * EtherNet/IP): of such a connection it has to be told what is inside.
 */
async function hintsFor(trace: Trace): Promise<string[]> {
  const taken = await portsOfProtocols()
  return trace.connections
    .filter(({ transport, client }) => transport === 'tcp' && taken.has(client.port))
    .flatMap(({ client, association }) => {
      const inside = association === undefined ? 'http' : 'tls'
      return ['-d', `tcp.port==${client.port},${inside}`]
    })
}

async function readRows(
  path: string,
  hints: readonly string[],
): Promise<{ rows: Row[]; cutShort: boolean }> {
  const names = Object.keys(fields) as Field[]
  const options = ['-E', `aggregator=${separator}`, ...hints]
  const read = await tsharkReading(path, Object.values(fields), options)
  const rows = read.rows.map((line) => {
    const cells = names.map((name, index) => [name, valuesOf(line[index] ?? '')] as const)
    return Object.fromEntries(cells) as unknown as Row
  })
  return { rows, cutShort: read.cutShort }
}

function valuesOf(cell: string): string[] {
  return cell === '' ? [] : cell.split(separator)
}

function facts(rows: readonly Row[], connection: Connection): Facts {
  const hello = rows.find(
    (row) => row.handshakeType.includes('2') && !row.handshakeType.includes('1'),
  )
  const version = hello?.supportedVersion[0] ?? hello?.version[0]
  const undecrypted = connection.association?.decryption !== 'complete'
  return {
    version: version === undefined ? undefined : versionName(Number(version)),
    suite: hello?.suite[0] === undefined ? undefined : cipherSuiteName(Number(hello.suite[0])),
    identity: hexText(rows.flatMap((row) => row.identity)[0]),
    hint: hexText(rows.flatMap((row) => row.hint)[0]),
    serverName: rows.flatMap((row) => row.serverName)[0],
    handshake: rows
      .flatMap((row) => row.handshakeType.map((type) => handshakeTypeName(Number(type))))
      .filter((type) => !(undecrypted && type === 'finished')),
    alerts: rows.flatMap((row) => row.alert.map((value) => alertName(Number(value)))),
    http: rows.flatMap((row, index) => httpOf(row, rows.slice(0, index))),
  }
}

/**
 * One line per message; the body only where a frame ends one message, so that it is clear whose it is. Where the end of the
 * connection ends a body, tshark names the FIN and the trace the last frame with payload.
 */
function httpOf(row: Row, before: readonly Row[]): string[] {
  const carries = (other: Row) => other.payload[0] !== '0'
  const frame = (carries(row) ? row : (before.findLast(carries) ?? row)).frame[0] ?? ''
  const starts = [
    ...row.method.map((method, index) => `${method} ${row.uri[index]}`),
    ...row.status,
  ]
  return starts.map((start) =>
    starts.length === 1
      ? `${frame} ${start} ${comparable(row.body.join(separator))}`
      : `${frame} ${start}`,
  )
}

/** tshark shows compressed content decompressed. */
function tracedBody(body: Uint8Array): string {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  return comparable(Buffer.from(isGzip ? gunzipSync(body) : body).toString('utf8'))
}

/** tshark writes octets outside ASCII as replacement characters, and escapes what a line cannot hold. */
function comparable(body: string): string {
  return body.replaceAll('\\', '').replace(/[^\x20-\x7e]+/g, '?')
}

function tracedFacts(trace: Trace, connection: Connection): Facts {
  const association = connection.association
  const undecrypted = association?.decryption !== 'complete'
  const messages = trace.primitives.filter(
    (primitive) =>
      primitive.connection === connection && !/^not HTTP/.test(primitive.malformed ?? ''),
  )
  const lastFrame = (primitive: (typeof messages)[number]) => primitive.frames.at(-1)?.frame ?? 0
  return {
    version: association?.version,
    suite: association?.suite?.name,
    identity: association?.pskIdentity,
    hint: association?.pskIdentityHint,
    serverName: association?.serverName,
    handshake: (association?.handshake ?? [])
      .filter(({ type }) => type !== 'change_cipher_spec')
      .filter(({ type }) => !(undecrypted && type === 'finished'))
      .map(({ type }) => (type === 'hello_retry_request' ? 'server_hello' : type)),
    alerts: (association?.alerts ?? []).map((alert) => alert.description),
    http: messages.map((primitive) => {
      const frame = lastFrame(primitive)
      const alone = messages.filter((other) => lastFrame(other) === frame).length === 1
      const start = `${frame} ${primitive.bindingSummary}`
      return alone ? `${start} ${tracedBody(primitive.body)}` : start
    }),
  }
}

function hexText(hex: string | undefined): string | undefined {
  return hex === undefined
    ? undefined
    : Buffer.from(hex.replaceAll(':', ''), 'hex').toString('utf8')
}
