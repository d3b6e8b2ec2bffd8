/** Program of a test: brings a network of stub nodes up, says so on standard output, and goes on until it is killed. */
import { join } from 'node:path'
import { reserveAddressBlock } from '../../../tools/runtimes/addressBlock.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { planOf } from './plans.ts'
import { stubNodes } from './stubNode.ts'

const benchFolder = process.argv[2] ?? ''
const block = await reserveAddressBlock()
await localRuntime({ startNode: stubNodes().start, journal: openJournal(benchFolder) }).bringUp(
  planOf('reference', { addressing: block.addressing }),
  { folder: join(benchFolder, 'run', 'bed') },
)
process.stdout.write('up\n')
