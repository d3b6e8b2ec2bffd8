import type { AgentCall, TellBench } from './agent/messages.ts'
import type { Mux } from './mux.ts'
import type { TakeConnection, TesterListener, TesterNetwork } from './testerNetwork.ts'

export interface RemoteTesterNetwork extends TesterNetwork {
  /** A connection that came to a listener, as the agent announces it. */
  announce(connection: Extract<TellBench, { tell: 'connection' }>): void
}

/** Sockets of the agent's, each as a channel here. */
export function remoteTesterNetwork(mux: Mux, call: AgentCall): RemoteTesterNetwork {
  const takers = new Map<number, TakeConnection>()
  let listeners = 0

  async function listen({ address }: { readonly address: string }): Promise<TesterListener> {
    listeners += 1
    const listener = listeners
    const { port } = await call('listen', { listener, address })
    const close = async () => {
      takers.delete(listener)
      await call('close-listener', { listener })
    }
    return {
      address,
      port,
      onConnection: (take) => void takers.set(listener, take),
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  return {
    async dial(options) {
      const channel = mux.open()
      try {
        const { localPort } = await call('dial', { channel: channel.number, ...options })
        return Object.assign(channel, { localPort })
      } catch (error) {
        channel.destroy()
        throw error
      }
    },
    listen,
    announce({ listener, channel: number, from }) {
      const channel = mux.accept(number)
      const take = takers.get(listener)
      if (take === undefined) channel.destroy()
      else take(channel, from)
    },
  }
}
