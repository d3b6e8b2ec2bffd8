import type { Connection, EndPoint, Trace } from '../../dissect/trace.ts'
import { describeInside } from './journeys.ts'

/** A recording in words: what is wrong with it, every connection with its protection, every request's way. */
export function describeTrace(trace: Trace): string[] {
  const { recording } = trace
  return [
    `${recording.path}: ${recording.frames} frames on ${trace.wires.length} wires`,
    ...recording.problems.map((problem) => `  PROBLEM ${problem}`),
    ...trace.connections.flatMap(describeConnection),
    ...trace.journeys.flatMap((journey) => [
      `request ${journey.rqi}`,
      ...journey.hops.map((hop) => {
        const rsc = hop.response?.response?.rsc ?? 'no answer'
        const identity = hop.authenticatedAs === undefined ? '' : ` as ${hop.authenticatedAs}`
        const how = hop.request.protected
          ? `${hop.request.connection.association?.suite?.name ?? 'TLS'}${identity}`
          : 'IN CLEAR'
        return `  ${hop.from} → ${hop.to} (${how}): ${describeInside(hop.request)} → ${rsc}`
      }),
    ]),
  ]
}

function describeConnection(connection: Connection): string[] {
  const { association, clearBytes } = connection
  const ends = `${nameOf(connection.client)} → ${nameOf(connection.server)}`
  const clear = clearBytes.client + clearBytes.server
  const head = `connection ${connection.id} on ${connection.wire}: ${ends}, from frame ${connection.opening.frame}`
  if (association === undefined)
    return [`${head}: ${clear === 0 ? 'no payload' : `${clear} bytes in clear`}`]
  const what = [
    association.version ?? 'no version',
    association.suite?.name ?? 'no suite',
    association.state,
  ]
  const identity =
    association.pskIdentity === undefined ? [] : [`identity ${association.pskIdentity}`]
  const alerts = association.alerts.map((alert) => `alert ${alert.description} from ${alert.from}`)
  const trouble = clear > 0 ? [`${clear} bytes outside any record`] : []
  const opened =
    association.decryption === 'complete' ? [] : [`decryption: ${association.decryption}`]
  return [`${head}: ${[...what, ...identity, ...alerts, ...opened, ...trouble].join(', ')}`]
}

function nameOf(end: EndPoint): string {
  return end.node ?? `${end.address}:${end.port}`
}
