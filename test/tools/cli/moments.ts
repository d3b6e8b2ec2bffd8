import { type Checkout, makeCheckout, type StartOptions } from './checkout.ts'

const preload = new URL('signalAt.ts', import.meta.url).href

/** Has the bench send itself a signal at a moment such as `connect 3`: see signalAt.ts for the kinds. */
export function at(moment: string, signal: NodeJS.Signals): StartOptions {
  return { env: { NODE_OPTIONS: `--import=${preload}`, SIGNAL_AT: `${moment} ${signal}` } }
}

export interface Lanes {
  /**
   * Does the work for every item, each lane in a checkout of its own, one after the other; collects what each found wrong,
   * with the item in front.
   */
  each<T>(
    items: readonly T[],
    work: (checkout: Checkout, item: T) => Promise<readonly string[]>,
  ): Promise<string[]>
  remove(): void
}

/** As many at a time as a small machine has cores. */
export function makeLanes(count = 2): Lanes {
  const checkouts = Array.from({ length: count }, makeCheckout)
  return {
    async each(items, work) {
      const found: string[] = []
      const left = items.values()
      const lane = async (checkout: Checkout) => {
        for (const item of left) {
          const wrong = await work(checkout, item).catch((error: unknown) => [String(error)])
          found.push(...wrong.map((line) => `${String(item)}: ${line}`))
        }
      }
      await Promise.all(checkouts.map(lane))
      return found
    },
    remove: () => {
      for (const checkout of checkouts) checkout.remove()
    },
  }
}
