import net from 'node:net'
import { loopback } from './network.ts'

/** A TCP relay that keeps what the client side sent. */
export interface Tap {
  readonly port: number
  sent(): Buffer
  /** Resolves once what was sent holds the text. */
  waitFor(text: string): Promise<void>
  close: () => Promise<void>
}

export async function openTap(target: number): Promise<Tap> {
  const chunks: Buffer[] = []
  const sockets = new Set<net.Socket>()
  const waiting = new Set<() => void>()
  const server = net.createServer((near) => {
    const far = net.connect({ host: loopback, port: target })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      for (const look of waiting) look()
    })
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    sent: () => Buffer.concat(chunks),
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${text} was not sent within 3 s`))
        const timer = setTimeout(late, 3000)
        const look = () => {
          if (!Buffer.concat(chunks).includes(text)) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
