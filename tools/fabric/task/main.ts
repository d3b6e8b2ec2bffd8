/**
 * What runs in every task of a swarm, since a swarm gives nobody the streams of its tasks: connects to the bench and starts
 * the program it is told to, with its files, its streams carried over that connection. Ends with the connection.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { BenchError } from '../../../protocol/errors.ts'
import { type Mux, openMux } from '../mux.ts'
import { connectBench } from './connectBench.ts'
import {
  type ClockReply,
  parseTaskArgument,
  parseTaskRequest,
  programFolder,
  type StartRequest,
  type TaskArgument,
  taskFolder,
  taskKeyPath,
} from './contract.ts'
import { type Program, startProgram } from './program.ts'

async function main(): Promise<void> {
  if (process.pid !== 1) {
    throw new BenchError('USAGE', 'this runs as the first process of a container of its own')
  }
  const argument = parseTaskArgument(process.argv[2])
  const key = Buffer.from(readFileSync(taskKeyPath, 'latin1').trim(), 'hex')
  if (argument.gatewayPort !== undefined) openGateway(argument.gatewayPort, argument.relay)
  const stream = await connectBench(argument, key)
  let program: Program | undefined
  const mux: Mux = openMux({
    input: stream,
    output: stream,
    side: 'agent',
    async onRequest(body) {
      const request = parseTaskRequest(body)
      if (request.do === 'clock') return clock()
      await program?.kill()
      removeLeftovers()
      program = request.do === 'start' ? start(request, mux) : undefined
      return {}
    },
    onTold: () => {},
  })
  const reason = await mux.ended
  await program?.kill()
  if (reason !== undefined) throw reason
}

function clock(): ClockReply {
  return { atMs: performance.timeOrigin + performance.now() }
}

function start(request: StartRequest, mux: Mux): Program {
  const standard = mux.accept(request.standard, { allowHalfOpen: true })
  const errors = mux.accept(request.errors, { allowHalfOpen: true })
  const program = startProgram(request, programFolder)
  for (const stream of [standard, errors, program.stdin]) stream.on('error', () => {})
  standard.pipe(program.stdin)
  program.stdout.pipe(standard)
  program.stderr.pipe(errors)
  void program.ended.then((ended) => mux.tell({ ended }))
  return program
}

/** What the program before started or wrote: all that is in the container besides this process. */
function removeLeftovers(): void {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (Number.isInteger(pid) && pid > 1) endProcess(pid)
  }
  for (const name of readdirSync(taskFolder)) {
    rmSync(join(taskFolder, name), { recursive: true, force: true })
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

/** For tasks whose only neighbour is this one. What goes through is encrypted for the bench. */
function openGateway(port: number, relay: TaskArgument['relay']): void {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: relay.address, port: relay.port, noDelay: true })
    near.on('error', () => far.destroy()).once('close', () => far.destroy())
    far.on('error', () => near.destroy()).once('close', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  server.listen(port, '0.0.0.0')
}

try {
  await main()
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof BenchError ? error.message : String(error)}\n`)
  process.exit(1)
}
