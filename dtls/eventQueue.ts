/** Calls listeners in the order of the events, also when a listener causes further events. */
export interface EventQueue {
  add(event: () => void): void
  /** Delivers what was added; returns at once when delivery is under way further up the stack. */
  deliver(): void
}

export function eventQueue(): EventQueue {
  const events: (() => void)[] = []
  let isDelivering = false
  return {
    add: (event) => {
      events.push(event)
    },
    deliver: () => {
      if (isDelivering) return
      isDelivering = true
      try {
        for (let event = events.shift(); event !== undefined; event = events.shift()) event()
      } finally {
        isDelivering = false
      }
    },
  }
}
