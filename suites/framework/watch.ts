/** Knows what a purpose is waiting for, so that a time-out can say it. */
import type { EntityHandle, LinkHandle, TestSystem } from './testSystem.ts'
import { Inconclusive } from './verdict.ts'

export interface WatchedTester {
  readonly tester: TestSystem
  /** What was begun and has not ended, oldest first, e.g. `entity AE1: awaitReceived "r-1"`. */
  pending(): readonly string[]
  /** From now on every call throws: a body that was cut off cannot go on behind the framework's back. */
  close(): void
}

export function watchTester(tester: TestSystem): WatchedTester {
  const watch = new Watch()
  return {
    tester: {
      plan: tester.plan,
      seed: tester.seed,
      entity: (name) => watchEntity(watch, tester.entity(name)),
      link: (wire) => watchLink(watch, tester.link(wire)),
      canary: (label) => watch.open(() => tester.canary(label)),
      requestId: () => watch.open(() => tester.requestId()),
      expectJourney: (expected) => watch.open(() => tester.expectJourney(expected)),
      note: (text) => watch.open(() => tester.note(text)),
      setClock: (node, atMs) =>
        watch.during(`set the clock of ${node}`, () => tester.setClock(node, atMs)),
    },
    pending: () => [...watch.pending.values()],
    close: () => {
      watch.closed = true
    },
  }
}

class Watch {
  readonly pending = new Map<number, string>()
  closed = false
  private count = 0

  open<T>(act: () => T): T {
    if (this.closed) throw new Inconclusive('the purpose is over')
    return act()
  }

  async during<T>(what: string, act: () => Promise<T>): Promise<T> {
    const id = this.count++
    this.pending.set(id, what)
    try {
      return await this.open(act)
    } finally {
      this.pending.delete(id)
    }
  }
}

function watchEntity(watch: Watch, entity: EntityHandle): EntityHandle {
  const { name, node } = entity
  const during = <T>(what: string, act: () => Promise<T>) =>
    watch.during(`entity ${name}: ${what}`, act)
  return {
    name,
    node,
    request: (request) =>
      during(`answer to request op ${request.op} to ${request.to}`, () => entity.request(request)),
    register: () => during('register', () => entity.register()),
    deregister: () => during('deregister', () => entity.deregister()),
    received: () => during('received', () => entity.received()),
    awaitReceived: (rqi) => during(`arrival of request ${rqi}`, () => entity.awaitReceived(rqi)),
    disconnect: () => during('disconnect', () => entity.disconnect()),
  }
}

function watchLink(watch: Watch, link: LinkHandle): LinkHandle {
  const { wire } = link
  const during = <T>(what: string, act: () => Promise<T>) =>
    watch.during(`link ${wire}: ${what}`, act)
  return {
    wire,
    connect: async (options) => {
      const connection = await during('connect', () => link.connect(options))
      if (connection.outcome === 'refused') return connection
      return {
        ...connection,
        request: (request) =>
          during(`answer to request op ${request.op} to ${request.to}`, () =>
            connection.request(request),
          ),
        close: () => during('close', () => connection.close()),
      }
    },
    impersonateRegistrar: async (options) => {
      const rogue = await during('impersonate the registrar', () =>
        link.impersonateRegistrar(options),
      )
      return {
        get read() {
          return rogue.read
        },
        get handshakes() {
          return rogue.handshakes
        },
        awaitAttempt: () => during('a connection attempt', () => rogue.awaitAttempt()),
        stop: () => during('put the registrar back', () => rogue.stop()),
      }
    },
    hello: (hello) => during('answer to a ClientHello', () => link.hello(hello)),
    cut: () => during('cut', () => link.cut()),
    heal: () => during('heal', () => link.heal()),
    delay: (delayMs) => during('delay', () => link.delay(delayMs)),
  }
}
