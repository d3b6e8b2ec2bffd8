/** A program for the kill tests: brings the reference network up in containers and takes it down, saying what it does. */
import { join } from 'node:path'
import { dockerRuntime } from '../../../tools/runtimes/docker/dockerRuntime.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import { makePlan } from '../../../topologies/planner.ts'

const [folder = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)
const runtime = dockerRuntime({ journal: openJournal(folder), keep: true })
const reserved = await runtime.reserve()
const { addressing } = reserved
const topology = readTopology(join(import.meta.dirname, '../../../topologies/reference.yaml'))
const plan = makePlan(topology, { seed: 1, addressing })
say('reserved')
const options = { folder: join(folder, 'testbed'), onProgress: say }
const testbed = await runtime.bringUp(plan, options)
say('up')
const exchanges = ['ae1', 'cse1', 'cse2', 'ae2'].map((node) =>
  testbed.control(node, { do: 'describe' }),
)
await Promise.all(exchanges)
say('spoken to')
await testbed.stop()
say('stopped')
await reserved.release()
await runtime.close?.()
say('closed')
