/** Does a piece of work for each item, so many at a time; results in the order of the items. The first failure ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  { atATime }: { readonly atATime: number },
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const lane = async () => {
    while (next < items.length && !failed) {
      const index = next++
      const item = items[index] as T
      try {
        results[index] = await work(item, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = Array.from({ length: Math.min(atATime, items.length) }, lane)
  const outcomes = await Promise.allSettled(lanes)
  const refusal = outcomes.find((outcome) => outcome.status === 'rejected')
  if (refusal !== undefined) throw refusal.reason
  return results
}
