/**
 * The fabric as a program of its own, where it reaches networks that the bench does not: `node tools/fabric/agent/main.ts`. It
 * opens wires, records them, and connects for the tester, as the bench says over its standard input and output. When its input
 * ends, so does it.
 */
import process from 'node:process'
import { runAgent } from './agent.ts'

const reason = await runAgent({ input: process.stdin, output: process.stdout })
if (reason !== undefined) {
  process.stderr.write(`${reason.message}\n`)
  process.exitCode = 1
}
