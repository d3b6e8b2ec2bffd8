/**
 * The one door from the bench into a swarm: carries connections of tasks over standard input and output, as they are. It
 * knows no key; each connection is authenticated and encrypted from the task to the bench.
 */
import { createServer } from 'node:net'
import process from 'node:process'
import { openMux } from '../mux.ts'
import { relayPort } from './contract.ts'

const mux = openMux({
  input: process.stdin,
  output: process.stdout,
  side: 'agent',
  onRequest: () => ({}),
  onTold: () => {},
})
const server = createServer({ noDelay: true }, (socket) => {
  const channel = mux.open()
  mux.tell({ connection: channel.number })
  socket.on('error', () => channel.destroy())
  channel.on('error', () => socket.destroy())
  channel.once('close', () => socket.destroy())
  socket.once('close', () => channel.destroy())
  socket.pipe(channel).pipe(socket)
})
server.listen(relayPort, '0.0.0.0', () => mux.tell({ listening: relayPort }))
await mux.ended
process.exit(0)
