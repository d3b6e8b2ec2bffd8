import { expect } from 'chai'
import { describe, it } from 'mocha'
import { eventQueue } from '../../dtls/eventQueue.ts'
import { onLink, pskClient, pskServer } from './memoryLink.ts'

describe('events of an association', () => {
  it('are told in their order, also those that a listener causes', () => {
    const queue = eventQueue()
    const told: string[] = []
    queue.add(() => {
      told.push('first')
      queue.add(() => told.push('caused'))
      queue.deliver()
      told.push('first is over')
    })
    queue.add(() => told.push('second'))
    queue.deliver()
    expect(told).to.deep.equal(['first', 'first is over', 'second', 'caused'])
  })

  it('are told although a listener before them threw', () => {
    const queue = eventQueue()
    const told: string[] = []
    queue.add(() => {
      throw new Error('of a listener')
    })
    queue.add(() => told.push('next'))
    expect(() => queue.deliver()).to.throw('of a listener')
    queue.deliver()
    expect(told).to.deep.equal(['next'])
  })

  it('do not pile up on the stack while two ends answer each other', () => {
    onLink({ client: pskClient, server: pskServer }, ({ client, server }) => {
      let left = 20_000
      server.association.onData((data) => server.association.write(data))
      client.association.onData((data) => {
        left -= 1
        if (left > 0) client.association.write(data)
      })
      client.association.write(Buffer.from('ping'))
      expect(left).to.equal(0)
    })
  })
})
