import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { type DtlsContext, dtlsContext } from '../../dtls/context.ts'
import { udpClient } from '../../dtls/udpClient.ts'
import { type UdpServer, udpServer } from '../../dtls/udpServer.ts'
import { boundSocket, closeSocket } from '../../dtls/udpSocket.ts'
import { BenchError } from '../../protocol/errors.ts'
import { pskClient, pskKey, pskServer } from './memoryLink.ts'

const listen = { address: '127.0.0.1', port: 0 }

describe('DTLS over UDP', () => {
  let contexts: { readonly client: DtlsContext; readonly server: DtlsContext }
  let server: UdpServer

  beforeEach(async () => {
    contexts = { client: dtlsContext(pskClient), server: dtlsContext(pskServer) }
    server = await udpServer({
      context: contexts.server,
      listen,
      onAssociation: (association) =>
        association.onData((data) => association.write(Buffer.concat([data, data]))),
    })
  })

  afterEach(async () => {
    await server.close()
    contexts.client.free()
    contexts.server.free()
  })

  it('carries many associations on one port', async () => {
    const clients = await Promise.all(
      Array.from({ length: 20 }, () =>
        udpClient({ context: contexts.client, to: server.endpoint }),
      ),
    )
    expect(server.associations).to.equal(20)
    const answers = clients.map(({ association }, index) => {
      const answer = new Promise<string>((resolve) =>
        association.onData((data) => resolve(`${data}`)),
      )
      association.write(Buffer.from(`${index}.`))
      return answer
    })
    expect(await Promise.all(answers)).to.deep.equal(
      clients.map((_, index) => `${index}.${index}.`),
    )
    await Promise.all(clients.map((client) => client.close()))
    expect(server.associations).to.equal(0)
    expect(clients.every(({ association }) => association.state === 'freed')).to.equal(true)
  })

  it('says why a handshake failed, and leaves nothing behind', async () => {
    const stranger = dtlsContext({ ...pskClient, psk: { identity: 'nobody', key: pskKey } })
    const failure = await udpClient({ context: stranger, to: server.endpoint }).catch((e) => e)
    stranger.free()
    expect(failure).to.be.instanceOf(BenchError)
    expect(failure.code).to.equal('HANDSHAKE_FAILED')
    expect(failure.message).to.match(/alert unknown_psk_identity received/)
    expect(server.associations).to.equal(0)
  })

  it('gives up when nobody answers', async () => {
    const silent = await boundSocket(listen)
    const { address, port } = silent.address()
    const failure = await udpClient({
      context: contexts.client,
      to: { address, port },
      retransmission: { giveUpMs: 50 },
    }).catch((e) => e)
    await closeSocket(silent)
    expect(failure.code).to.equal('HANDSHAKE_FAILED')
    expect(failure.message).to.match(/time-out/)
  })

  it('tells a client that its server has gone', async () => {
    const client = await udpClient({ context: contexts.client, to: server.endpoint })
    const closed = new Promise((resolve) =>
      client.association.onState(({ state, end }) => {
        if (state === 'closed') resolve(end)
      }),
    )
    await server.close()
    expect(await closed).to.equal('close-notify')
    await client.close()
    await client.close()
    server = await udpServer({ context: contexts.server, listen, onAssociation: () => {} })
  })

  it('listens to nobody but its server', async () => {
    const [silent, other] = await Promise.all([boundSocket(listen), boundSocket(listen)])
    const { address, port } = silent.address()
    const inClear = Buffer.from('15fefd00000000000000000002' + '0228', 'hex')
    const outcome = async (from: typeof silent) => {
      silent.once('message', (_hello, { port: client }) => from.send(inClear, client, address))
      const retransmission = { giveUpMs: 100 }
      const { client: context } = contexts
      const failure = await udpClient({ context, to: { address, port }, retransmission }).catch(
        (e) => e,
      )
      return failure.message
    }
    expect(await outcome(other)).to.match(/time-out/)
    expect(await outcome(silent)).to.match(/alert handshake_failure received/)
    await Promise.all([silent, other].map(closeSocket))
  })

  it('says which address is taken', async () => {
    const failure = await udpServer({
      context: contexts.server,
      listen: server.endpoint,
      onAssociation: () => {},
    }).catch((e) => e)
    expect(failure.code).to.equal('ADDRESS_IN_USE')
  })
})
