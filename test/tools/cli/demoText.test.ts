import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { KnowledgeRecord } from '../../../reports/model/runRecord.ts'
import { describeEvidence, describePath } from '../../../tools/cli/demoText.ts'
import { journey, property, purpose, referenceNetwork } from '../../reports/fixtures.ts'

const known: KnowledgeRecord = {
  canary: 'c1',
  readers: ['ae1', 'cse1'],
  inClear: [],
  searched: ['raw'],
  unreadable: 0,
}

function pathWith(knowledge: Partial<KnowledgeRecord>): string {
  const way = { ...journey(), expectedPath: ['AE1', 'CSE1'] }
  const record = { journeys: [way], knowledge: [{ ...known, ...knowledge }] }
  return describePath([purpose({ ...record, topology: referenceNetwork() })]).join('\n')
}

describe('tools/cli/demoText', () => {
  it('shows each hop with its suite, its identity, what was inside and where to see it', () => {
    const text = pathWith({})
    for (const { wire, inside, security } of journey().hops) {
      expect(text).to.contain(`on wire ${wire}`).and.to.contain(inside)
      expect(text).to.contain(security?.suite).and.to.contain(`as ${security?.identity}`)
    }
  })

  it('claims that nobody else could read the content only where everything was read', () => {
    expect(pathWith({})).to.contain('could read the content: ae1, cse1, nobody else')
    const partly = pathWith({ unreadable: 2 })
    expect(partly).to.contain('2 pieces could not be opened')
    expect(partly).not.to.contain('nobody else')
  })

  it('names the wire that carried the content in clear', () => {
    expect(pathWith({})).to.contain('carried it in clear: no wire')
    const text = pathWith({ inClear: [{ wire: 'ae1-cse1', encoding: 'base64', frame: 7 }] })
    expect(text).to.contain('carried it in clear: ae1-cse1 (frame 7)')
    expect(text).not.to.contain('no wire')
  })

  it('says that a hop was in clear, and that nothing was recorded', () => {
    const hops = journey().hops.map(({ security: _, ...hop }) => hop)
    const way = { ...journey(), hops, expectedPath: ['AE1'] }
    expect(describePath([purpose({ journeys: [way] })]).join('\n')).to.contain('IN CLEAR')
    expect(describePath([purpose()])).to.deep.equal(['no journey was recorded'])
  })

  it('points to the frames of what is violated, and to the recording', () => {
    const frames = [32, 34].map((frame) => ({ wire: 'ae1-cse1', frame }))
    const violated = {
      ...property('journey-is-expected-path'),
      result: 'violated',
      frames,
    } as const
    const capture = { kind: 'capture', path: 'purposes/p/recording.pcapng' }
    const lines = describeEvidence(
      [purpose({ properties: [property('rolesAsDrawn'), violated], evidence: [capture] })],
      '/run',
    )
    expect(lines).to.deep.equal([
      'evidence: journey-is-expected-path, frames 32, 34 on wire ae1-cse1',
      'look at it: ./bench verify /run/purposes/p/recording.pcapng (Wireshark opens it decrypted)',
    ])
  })
})
