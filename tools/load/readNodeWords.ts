import { Ajv2020 } from 'ajv/dist/2020.js'
import type { LoadReport, NodeResources } from '../../nodes/load/loadContract.ts'
import { BenchError } from '../../protocol/errors.ts'
import { lastBucket } from '../../protocol/latencyHistogram.ts'

/** A node is outside: what it says of its load and its process is checked before it is believed. */
const ajv = new Ajv2020()
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
const amount = { type: 'number', minimum: 0 }
const counts = { type: 'object', maxProperties: 100, additionalProperties: count }
const buckets = {
  type: 'array',
  maxItems: lastBucket + 1,
  items: {
    type: 'array',
    minItems: 2,
    prefixItems: [{ type: 'integer', minimum: 0, maximum: lastBucket }, count],
    items: false,
  },
}

const isLoadReport = ajv.compile<LoadReport>(
  closed({
    state: { enum: ['waiting', 'running', 'draining', 'ended', 'stopped'] },
    inFlight: count,
    slots: {
      type: 'array',
      maxItems: 20_000,
      items: closed({
        slot: { type: 'integer', minimum: -100_000, maximum: 100_000 },
        offered: count,
        shed: count,
        responses: counts,
        failures: counts,
        answered: count,
        latency: buckets,
        lag: buckets,
      }),
    },
  }),
)

const isNodeResources = ajv.compile<NodeResources>(
  closed({
    process: { type: 'string', minLength: 1, maxLength: 200 },
    atMs: amount,
    cpuMs: amount,
    rssBytes: amount,
    busyMs: amount,
    idleMs: amount,
    delayMs: closed({ p99: amount, most: amount }),
  }),
)

export function readLoadReport(node: string, value: unknown): LoadReport {
  if (isLoadReport(value)) return value
  throw strange(node, 'report of a load', value)
}

export function readResources(node: string, value: unknown): NodeResources {
  if (isNodeResources(value)) return value
  throw strange(node, 'statement of its resources', value)
}

function closed(properties: Readonly<Record<string, object>>): object {
  const required = Object.keys(properties)
  return { type: 'object', additionalProperties: false, required, properties }
}

function strange(node: string, what: string, value: unknown): BenchError {
  const excerpt = (JSON.stringify(value) ?? 'nothing').slice(0, 200)
  return new BenchError('CONTROL_REFUSED', `node ${node} gave no sound ${what}: ${excerpt}`)
}
