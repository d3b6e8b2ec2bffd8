import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { OutgoingRequest } from '../../../protocol/exchange.ts'
import { buildRequest, parseRequest } from '../../../protocol/primitives/request.ts'
import { validateCreate } from '../../../protocol/resources/validate.ts'
import {
  createAccessControlPolicy,
  createAe,
  createContainer,
  createContentInstance,
  createRemoteCse,
  notify,
  remove,
  retrieve,
  update,
} from '../../../suites/framework/requests.ts'

const policy = {
  name: 'p',
  owner: '//sp.example/cse2/CAE2',
  grants: [{ originators: ['all'], operations: 2 }],
}
const requests: readonly OutgoingRequest[] = [
  createContainer('/cse2/base/ae2', 'c'),
  createContentInstance('/cse2/base/ae2/c', '21'),
  createAccessControlPolicy('/cse2/base/ae2', policy),
  createAe('/cse2/base', { name: 'a', appId: 'Na' }),
  createRemoteCse('/cse2/base', { name: 'r', cseId: '/cse1', cseBase: '/cse1/base' }),
  notify('/cse2/base/ae2', 'text'),
  retrieve('/cse2/base'),
  remove('/cse2/base/ae2/c'),
  update('/cse2/base/ae2', { 'm2m:ae': { lbl: ['x'] } }),
]

/** Parent type of what each creation makes, by its own type. */
const parentOf: Readonly<Record<number, number>> = { 1: 2, 2: 5, 3: 2, 4: 3, 16: 5 }

describe('suites/framework/requests', () => {
  it('makes primitives that survive building and parsing', () => {
    for (const request of requests) {
      const primitive = { rqi: 'r1', rvi: '3', fr: 'CAE2', ...request }
      const parsed = parseRequest(buildRequest(primitive))
      expect(parsed, JSON.stringify(request)).to.deep.equal({ ok: true, value: primitive })
    }
  })

  it('makes creations that a sound CSE has nothing against', () => {
    const creations = requests.filter(({ op }) => op === 1)
    expect(creations).to.have.length(5)
    for (const { ty = 0, pc } of creations) {
      const checked = validateCreate(ty, parentOf[ty] ?? 0, pc, { nowMs: 0 })
      expect(checked.ok, JSON.stringify(checked)).to.equal(true)
    }
  })
})
