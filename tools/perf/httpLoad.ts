import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeConfiguration, RunningNode } from '../../nodes/contract.ts'
import { startNode } from '../../nodes/startNode.ts'
import type { Figure } from './figure.ts'

const connections = 16
const requests = 20_000

/** Create contentInstance over plain HTTP keep-alive, no wire between: requests/s, latency, memory. */
export async function httpLoadFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  try {
    await using node = await startNode(loneCse, { emit: () => {}, keyLog: () => {}, now: Date.now })
    return await load(node)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const loneCse: NodeConfiguration = {
  contractVersion: 1,
  name: 'cse',
  kind: 'in',
  seed: 1,
  spId: 'sp.example',
  address: '127.0.0.1',
  cse: {
    cseId: '/cse',
    name: 'base',
    listener: { address: '127.0.0.1', port: 0, binding: 'http' },
    pointsOfAccess: [],
    registrees: [],
    adminOriginator: 'CAdmin',
  },
  aes: [],
  misbehaviours: [],
}

async function load(node: RunningNode): Promise<Figure[]> {
  const port = node.ready.listeners[0]?.port ?? 0
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const post = (path: string, ty: number, content: object, rqi: string) =>
    postOnce({ agent, port, path, ty, body: JSON.stringify(content), rqi })
  await post('/base', 3, { 'm2m:cnt': { rn: 'load', mni: 1000 } }, 'setup')
  for (let i = 0; i < 2000; i += connections)
    await Promise.all(
      Array.from({ length: connections }, (_, k) =>
        post('/base/load', 4, reading, `warm-${i + k}`),
      ),
    )

  const latenciesMs: number[] = []
  let next = 0
  const startedAt = performance.now()
  const worker = async () => {
    while (next < requests) {
      const rqi = `load-${next++}`
      const sentAt = performance.now()
      const status = await post('/base/load', 4, reading, rqi)
      if (status !== 201) throw new Error(`create contentInstance was answered with ${status}`)
      latenciesMs.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  latenciesMs.sort((a, b) => a - b)
  const percentile = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0
  return [
    {
      name: `create contentInstance, plain HTTP, ${connections} connections`,
      value: requests / seconds,
      unit: 'requests/s',
    },
    { name: 'the same, p50', value: percentile(0.5), unit: 'ms' },
    { name: 'the same, p99', value: percentile(0.99), unit: 'ms' },
    {
      name: 'resident memory of the process (client and CSE)',
      value: process.memoryUsage().rss / 2 ** 20,
      unit: 'MiB',
    },
  ]
}

const reading = { 'm2m:cin': { con: '21.5' } }

function postOnce(o: {
  agent: Agent
  port: number
  path: string
  ty: number
  body: string
  rqi: string
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': `application/json;ty=${o.ty}`,
      'Content-Length': Buffer.byteLength(o.body),
      'X-M2M-Origin': 'CAdmin',
      'X-M2M-RI': o.rqi,
      'X-M2M-RVI': '3',
    }
    const sent = request(
      { host: '127.0.0.1', port: o.port, path: o.path, method: 'POST', agent: o.agent, headers },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
      },
    )
    sent.on('error', reject)
    sent.end(o.body)
  })
}
