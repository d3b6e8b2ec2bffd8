import { expect } from 'chai'
import { describe, it } from 'mocha'
import { connectEngine } from '../../../tools/engine/connect.ts'
import { label, ownLabels } from '../../../tools/engine/labels.ts'
import { type SweepOptions, sweepEngine } from '../../../tools/engine/sweep.ts'
import { type Answer, dockerVersion, fakeEngine } from './fakeEngine.ts'

const alive = ownLabels('run')
const dead = { ...alive, [label.owner]: `${process.pid}-1` }
const elsewhere = { ...dead, [label.machine]: 'x.1' }

const lists = (things: { containers?: unknown; networks?: unknown; images?: unknown }) => ({
  'GET /version': dockerVersion,
  'GET /info': { status: 200, body: { Swarm: { ControlAvailable: false } } },
  'GET /containers/json': { status: 200, body: things.containers ?? [] },
  'GET /networks': { status: 200, body: things.networks ?? [] },
  'GET /volumes': { status: 200, body: { Volumes: null } },
  'GET /images/json': { status: 200, body: things.images ?? [] },
})

async function swept(answers: Record<string, Answer>, options: SweepOptions = {}) {
  await using fake = await fakeEngine(answers)
  const engine = await connectEngine({ address: fake.address })
  const outcome = await sweepEngine(engine, options)
  const deleted = fake.requests.filter((line) => line.startsWith('DELETE'))
  return { ...outcome, deleted }
}

describe('sweeping an engine', () => {
  it('goes on when something cannot be removed, and says what and why', async () => {
    const { removed, left } = await swept({
      ...lists({
        containers: [{ Id: 'c1', Names: ['/cse1'], Labels: dead }],
        networks: [
          { Id: 'n1', Name: 'busy', Labels: dead },
          { Id: 'n2', Name: 'gone', Labels: dead },
          { Id: 'n3', Name: 'free', Labels: dead },
        ],
      }),
      'DELETE /containers/c1': { status: 204, body: '' },
      'DELETE /networks/n1': { status: 403, body: { message: 'has active endpoints' } },
      'DELETE /networks/n3': { status: 204, body: '' },
    })
    expect(removed).to.deep.equal(['container cse1', 'network free'])
    expect(left).to.have.length(1)
    expect(left[0]).to.contain('network busy').and.to.contain('has active endpoints')
  })

  it('takes nothing from a run that goes on', async () => {
    const answers = {
      ...lists({
        containers: [{ Id: 'c1', Names: ['/cse1'], Labels: alive }],
        networks: [{ Id: 'n1', Name: 'link', Labels: alive }],
      }),
      'DELETE /': { status: 204, body: '' },
    }
    for (const options of [{}, { foreign: true }, { images: true }]) {
      const { deleted, left } = await swept(answers, options)
      expect([...deleted, ...left]).to.deep.equal([])
    }
  })

  it('takes services and secrets of a swarm before the containers they would make again', async () => {
    const service = { ID: 's1', Spec: { Name: 'cse1', Labels: dead } }
    const { deleted, removed } = await swept({
      ...lists({ containers: [{ Id: 'c1', Names: ['/cse1.1'], Labels: dead }] }),
      'GET /info': { status: 200, body: { Swarm: { ControlAvailable: true } } },
      'GET /services': {
        status: 200,
        body: [service, { ID: 's2', Spec: { Name: 'cse2', Labels: alive } }, { ID: 's3' }],
      },
      'GET /secrets': { status: 200, body: [{ ID: 'k1', Spec: { Name: 'key', Labels: dead } }] },
      'DELETE /': { status: 200, body: '' },
    })
    expect(removed).to.deep.equal(['service cse1', 'secret key', 'container cse1.1'])
    expect(deleted).to.have.length(3)
  })

  it('leaves what other machines made, unless told to take it', async () => {
    const answers = {
      ...lists({
        containers: [{ Id: 'c1', Names: ['/far'], Labels: { ...elsewhere, [label.owner]: '' } }],
      }),
      'DELETE /containers/c1': { status: 204, body: '' },
    }
    const kept = await swept(answers)
    expect(kept.deleted).to.deep.equal([])
    expect(kept.left[0]).to.contain('container far')
    expect((await swept(answers, { foreign: true })).removed).to.deep.equal(['container far'])
  })

  const image = (
    name: string,
    created: number,
    more: { content?: string; base?: string; owner?: Record<string, string> } = {},
  ) => ({
    Id: `sha256:${name}`,
    RepoTags: [name],
    Created: created,
    Labels: {
      [label.content]: more.content ?? name,
      [label.base]: more.base ?? '',
      ...more.owner,
    },
  })

  it('keeps the newest image, what it stands upon, and those of a run that goes on', async () => {
    const images = [
      image('onem2m-bench-base:b1', 1, { content: 'b1' }),
      image('onem2m-bench-node:n1', 2, { base: 'b1' }),
      image('onem2m-bench-base:b2', 3, { content: 'b2' }),
      image('onem2m-bench-node:n2', 4, { base: 'b2' }),
      image('onem2m-bench-base:b3', 5, { content: 'b3' }),
      image('onem2m-bench-node:mine', 6, { base: 'b2', owner: alive }),
      image('onem2m-bench-node:dead', 7, { base: 'b2', owner: dead }),
      { ...image('x', 8), RepoTags: ['<none>:<none>'], Id: 'sha256:dangling' },
    ]
    const answers = { ...lists({ images }), 'DELETE /images/': { status: 200, body: [] } }
    expect((await swept(answers)).deleted).to.deep.equal([])
    const { removed } = await swept(answers, { images: true })
    expect(removed).to.have.members([
      'image dangling',
      'image onem2m-bench-node:dead',
      'image onem2m-bench-base:b3',
      'image onem2m-bench-node:n1',
      'image onem2m-bench-base:b1',
    ])
  })
})
