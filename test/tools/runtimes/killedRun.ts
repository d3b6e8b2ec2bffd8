/**
 * Program of a test: `killedRun.ts FOLDER [process]` brings a network up, of stub nodes or of processes, says every step on
 * standard output and at last `up`, and goes on until it is killed.
 */
import { join } from 'node:path'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { processRuntime } from '../../../tools/runtimes/process.ts'
import { planOf } from './plans.ts'
import { stubNodes } from './stubNode.ts'

const [, , benchFolder = '', name = 'local'] = process.argv
const journal = openJournal(benchFolder)
const runtime =
  name === 'process'
    ? processRuntime({ journal })
    : localRuntime({ startNode: stubNodes().start, journal })
const { addressing } = await runtime.reserve()
const say = (line: string) => void process.stdout.write(`${line}\n`)
await runtime.bringUp(planOf('reference', { addressing }), {
  folder: join(benchFolder, 'run', 'bed'),
  onProgress: name === 'process' ? say : () => {},
})
say('up')
