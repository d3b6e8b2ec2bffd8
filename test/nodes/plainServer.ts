import net from 'node:net'
import { ask, loopback, node, outbound, type TestNetwork } from './network.ts'

/** Whether an AE lets its request out to a server that answers a ClientHello in plain text. */
export async function sentToPlainServer(broken: string[], network: TestNetwork): Promise<boolean> {
  let read = ''
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      read += chunk.toString('latin1')
      socket.end('HTTP/1.1 400\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  const { port } = server.address() as net.AddressInfo
  const pair = await network.credential('x@sp.example')
  const registrar = {
    cseId: '/cse1',
    cseBaseName: 'base',
    pointOfAccess: `https://${loopback}:${port}`,
    security: outbound(pair, '//sp.example/cse1'),
    autoRegister: false,
  }
  const ae = { name: 'AE', aeIdStem: 'CAE', appId: 'N', resourceName: 'ae', registrar }
  const running = await network.start(node('x', 'adn', { aes: [ae], misbehaviours: broken }))
  await ask(running, 'AE', { op: 2, to: '/cse1/base' })
  await running.stop()
  await new Promise((resolve) => server.close(resolve))
  return read.includes('GET /~/cse1/base')
}
