/** Program of a test: records until it is killed, and says on standard output once there is something on disk. */
import { statSync } from 'node:fs'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'

const path = process.argv[2] ?? ''
const recorder = await makeRecorder(path)
const wire = recorder.addWire('w')
let said = false

function record(): void {
  for (let count = 0; count < 200; count += 1) {
    wire.datagram(
      { client: { address: '127.0.0.1', port: 1 }, server: { address: '127.0.0.2', port: 2 } },
      'client',
      Buffer.alloc(500),
    )
  }
  if (!said && statSync(path).size > 1_000_000) {
    said = true
    process.stdout.write('recording\n')
  }
  setImmediate(record)
}

record()
