/** What two containers exchange to be measured: programs in plain JavaScript, run by the Node of the image with `-e`. */

/** What a client found. */
export interface Exchanged {
  readonly p50Us: number
  readonly p99Us: number
  readonly mbPerS: number
}

const requests = 1000
const requestBytes = 200
const bulkBytes = 10 * 1024 * 1024
const bulks = 5

/** Answers a small request with as many octets, and a bulk (its connection begins with `B`) with one when all has come. */
export const serve = `
const serve = (host, port, ready) => require('node:net').createServer({ noDelay: true }, (socket) => {
  let left
  socket.on('error', () => {}).on('data', (bytes) => {
    left ??= bytes[0] === 66 ? ${bulkBytes} : 0
    if (left === 0) { socket.write(bytes); return }
    left -= bytes.length
    if (left <= 0) socket.end('.')
  })
}).listen(port, host, ready)
`

/** One connection for all small requests, one after the other; then one for each bulk. */
export const measure = `
const { connect } = require('node:net')
const { once } = require('node:events')
const measure = async (host, port) => {
  const small = connect({ host, port, noDelay: true })
  await once(small, 'connect')
  const tookUs = []
  const request = Buffer.alloc(${requestBytes}, 'S')
  for (let n = 0; n < ${requests}; n += 1) {
    const startedAt = performance.now()
    small.write(request)
    for (let got = 0; got < request.length; ) got += (await once(small, 'data'))[0].length
    tookUs.push((performance.now() - startedAt) * 1000)
  }
  small.end()
  // The best of several: what else the machine does can only make one worse.
  let seconds = Infinity
  for (let n = 0; n < ${bulks}; n += 1) {
    const bulk = connect({ host, port })
    await once(bulk, 'connect')
    const startedAt = performance.now()
    bulk.write(Buffer.alloc(${bulkBytes}, 'B'))
    await once(bulk, 'data')
    seconds = Math.min(seconds, (performance.now() - startedAt) / 1000)
    bulk.end()
  }
  tookUs.sort((a, b) => a - b)
  const at = (share) => tookUs[Math.floor(tookUs.length * share)]
  return { p50Us: at(0.5), p99Us: at(0.99), mbPerS: ${bulkBytes} / 1e6 / seconds }
}
`

export function parseExchanged(value: unknown): Exchanged {
  const { p50Us, p99Us, mbPerS } = Object(value)
  if ([p50Us, p99Us, mbPerS].every((number) => Number.isFinite(number)))
    return { p50Us, p99Us, mbPerS }
  throw new Error(`the client measured ${JSON.stringify(value)}`)
}
