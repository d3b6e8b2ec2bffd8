import { expect } from 'chai'
import { describe, it } from 'mocha'
import { label, ownerState, ownLabels } from '../../../tools/engine/labels.ts'

describe('the labels of what a run makes', () => {
  const own = ownLabels('run-1')
  const machine = own[label.machine] ?? ''
  const [boot = '', processes = ''] = machine.split('.')

  it('say which run and which process they belong to', () => {
    expect(own[label.run]).to.equal('run-1')
    expect(own[label.owner]).to.match(new RegExp(`^${process.pid}-\\d+$`))
    expect(machine).to.match(/^[\da-f-]{36}\.\d+$/)
  })

  const dead = { ...own, [label.owner]: `${process.pid}-1` }
  const rows: readonly (readonly [string, Record<string, string>, boolean, string])[] = [
    ['this process', own, true, 'alive'],
    ['this process, over TCP', own, false, 'alive'],
    ['a process that had our number', dead, true, 'dead'],
    ['a dead process, over TCP', dead, false, 'dead'],
    ['before a restart', { ...own, [label.machine]: `0-0.${processes}` }, true, 'dead'],
    ['another machine', { ...own, [label.machine]: `0-0.${processes}` }, false, 'unknown'],
    ['other process numbers', { ...dead, [label.machine]: `${boot}.1` }, true, 'unknown'],
    ['no machine', { [label.owner]: `${process.pid}-1` }, true, 'unknown'],
    ['nobody', { ...own, [label.owner]: '' }, true, 'unknown'],
    ['nonsense', { ...own, [label.owner]: '1-1; rm' }, true, 'unknown'],
  ]
  for (const [who, labels, isLocal, state] of rows)
    it(`of ${who}: ${state}`, () => expect(ownerState(labels, isLocal)).to.equal(state))
})
