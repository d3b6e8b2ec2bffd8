import { expect } from 'chai'
import { describe, it } from 'mocha'
import { askUntil } from '../../tools/askUntil.ts'

const bound = { what: 'a sign', timeoutMs: 50, everyMs: 1 }

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('askUntil', () => {
  it('asks until there is an answer', async () => {
    let asked = 0
    const answer = await askUntil(async () => (++asked < 3 ? undefined : asked), bound)
    expect(answer).to.equal(3)
  })

  it('gives up in time, and says what it waited for', async () => {
    const error = await refusal(askUntil(async () => undefined, { ...bound, remedy: 'look' }))
    expect(error).to.include({ code: 'TIMED_OUT', remedy: 'look' })
    expect(String(error)).to.match(/waited 50 ms for a sign/)
  })

  it('ends at once when it is interrupted, or the question fails', async () => {
    const giveUp = new AbortController()
    const patient = { ...bound, timeoutMs: 60_000, everyMs: 60_000, signal: giveUp.signal }
    const waiting = refusal(askUntil(async () => undefined, patient))
    giveUp.abort()
    expect(await waiting).to.include({ code: 'INTERRUPTED' })
    const broken = new Error('broken')
    expect(await refusal(askUntil(() => Promise.reject(broken), bound))).to.equal(broken)
  })
})
