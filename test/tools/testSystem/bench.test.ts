import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { Operation } from '../../../protocol/primitive.ts'
import type { Bench, BenchSession, MutantAt } from '../../../suites/framework/bench.ts'
import type { TopologyUse } from '../../../suites/framework/testPurpose.ts'
import { reserveAddressBlock } from '../../../tools/runtimes/addressBlock.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { makeBench } from '../../../tools/testSystem/bench.ts'
import { loadEvidence } from '../../../tools/testSystem/loadEvidence.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const purposeId = 'BTP/TEST/BENCH/001'
const reference: TopologyUse = { file: 'reference.yaml' }
const base = { op: Operation.retrieve, to: '/cse1/base' }

describe('tools/testSystem/bench', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let bench: Bench
  const open: BenchSession[] = []
  let blocks = { reserved: 0, released: 0 }

  beforeEach(() => {
    folder = temporaryFolder()
    blocks = { reserved: 0, released: 0 }
    const runtime = { ...localRuntime(), reserve }
    bench = makeBench({ runtime, seed: 5, outFolder: folder.path })
  })

  /** Counts what is taken and given back; other runs on the machine take blocks as well. */
  async function reserve() {
    const block = await reserveAddressBlock()
    blocks.reserved++
    const release = async () => {
      blocks.released++
      await block.release()
    }
    return { addressing: block.addressing, release, [Symbol.asyncDispose]: release }
  }

  afterEach(async () => {
    for (const session of open.splice(0)) await session.abandon()
    folder.remove()
  })

  async function up(use = reference, mutants: MutantAt[] = []): Promise<BenchSession> {
    const signal = new AbortController().signal
    const session = await bench.bringUp(use, { purposeId, mutants, signal })
    open.push(session)
    return session
  }

  it('has entities act, and gives back evidence that can be judged again', async () => {
    const session = await up()
    const { tester } = session
    session.enter('body')
    const rqi = tester.requestId()
    expect(rqi).to.equal('BTP-TEST-BENCH-001-1')
    tester.expectJourney({ rqi, path: ['ae1', 'cse1'], delivered: true })
    const outcome = await tester.entity('AE1').request({ ...base, rqi })
    expect(outcome).to.have.nested.property('response.rsc', 2000)
    const { evidence, artefacts } = await session.finish()
    open.splice(0)
    const journey = evidence.trace.journeys.find((candidate) => candidate.rqi === rqi)
    expect(journey?.hops.map(({ from, to }) => `${from} ${to}`)).to.deep.equal(['ae1 cse1'])
    expect(evidence.trace.recording.problems).to.deep.equal([])
    for (const { path } of artefacts)
      expect(existsSync(join(folder.path, path)), path).to.equal(true)
    const again = await loadEvidence(join(folder.path, 'purposes/BTP-TEST-BENCH-001'))
    expect(again).to.deep.equal(evidence)
  })

  it('notes the phase of each of its own connections', async () => {
    const session = await up()
    for (const phase of ['control-before', 'fault'] as const) {
      session.enter(phase)
      const connection = await session.tester.link('ae1-cse1').connect()
      await connection.close()
    }
    const { evidence } = await session.finish()
    open.splice(0)
    const { testerConnections } = evidence.notes
    expect(testerConnections.map(({ phase }) => phase)).to.deep.equal(['control-before', 'fault'])
    const ports = evidence.trace.connections
      .filter(({ wire }) => wire === 'ae1-cse1')
      .map(({ client }) => client.port)
    for (const { port } of testerConnections) expect(ports).to.include(port)
  })

  it('makes the same canaries from the same seed, no two alike, and has all of them searched for', async () => {
    const texts: string[][] = []
    for (const round of [1, 2]) {
      const session = await up()
      const both = [session.tester.canary('a'), session.tester.canary('a')]
      texts.push(both.map(({ text }) => text))
      const { evidence } = await session.finish()
      open.splice(0)
      expect(evidence.knowledge, `round ${round}`).to.have.length(2)
    }
    expect(texts[0]).to.deep.equal(texts[1])
    expect(new Set(texts[0]).size).to.equal(2)
  })

  it('is answered 127 when it asks a node for nonsense', async () => {
    const session = await up()
    expect(await session.probe('cse1')).to.include({ answer: 'unsupported' })
  })

  it('cuts, heals and delays a link', async () => {
    const session = await up()
    const link = session.tester.link('ae1-cse1')
    const ae1 = session.tester.entity('AE1')
    await link.cut()
    expect((await ae1.request(base)).outcome).to.equal('no-response')
    await link.heal()
    await link.delay(5)
    expect((await ae1.request(base)).outcome).to.equal('response')
  })

  it('sets the clock of a node and gives it real time again', async () => {
    const { tester } = await up()
    const ae1 = tester.entity('AE1')
    const untilNoon = { ...base, rqet: '20890101T120000' }
    const rscOf = async () => {
      const outcome = await ae1.request(untilNoon)
      return outcome.outcome === 'response' ? outcome.response.rsc : outcome.because
    }
    expect(await rscOf()).to.equal(2000)
    await tester.setClock('cse1', Date.UTC(2089, 0, 1, 13))
    expect(await rscOf()).to.equal(4008)
    await tester.setClock('cse1', null)
    expect(await rscOf()).to.equal(2000)
  })

  it('stands in for a registrar once, and puts the true one back once', async () => {
    const session = await up()
    const { tester } = session
    const rogue = await tester.link('ae1-cse1').impersonateRegistrar({ credential: 'right' })
    const ae1 = tester.entity('AE1')
    await ae1.disconnect()
    expect((await ae1.request(base)).outcome).to.equal('response')
    await rogue.awaitAttempt()
    expect(rogue.read.map(({ to }) => to)).to.deep.equal([base.to])
    await rogue.stop()
    await rogue.stop()
    await ae1.disconnect()
    const { rqi } = await ae1.request(base)
    const { evidence } = await session.finish()
    open.splice(0)
    expect(rogue.read).to.have.length(1)
    expect(evidence.notes.impersonated).to.deep.equal(['ae1-cse1'])
    const back = evidence.notes.timeline.filter(({ text }) => text.includes('true registrar'))
    expect(back).to.have.length(1)
    const last = evidence.trace.journeys.find((journey) => journey.rqi === rqi)
    expect(last?.hops.at(-1)?.to).to.equal('cse1')
  })

  it('names what there is when asked for an entity or a wire that is not', async () => {
    const { tester } = await up()
    expect(() => tester.entity('AE7')).to.throw(BenchError, 'AE7')
    expect(() => tester.link('ae7-cse1')).to.throw(BenchError, 'ae7-cse1')
  })

  it('keeps repetitions and mutants in folders of their own', async () => {
    const where = async (mutants: MutantAt[]) => {
      const session = await up(reference, mutants)
      const { artefacts } = await session.finish()
      open.splice(0)
      return artefacts.find(({ kind }) => kind === 'capture')?.path
    }
    const id = 'BTP-TEST-BENCH-001'
    const mutant = { node: 'cse1', misbehaviour: 'transit-drops-silently' }
    expect(await where([])).to.equal(`purposes/${id}/recording.pcapng`)
    expect(await where([])).to.equal(`purposes/${id}-2/recording.pcapng`)
    expect(await where([mutant])).to.equal(
      `mutants/${id}/cse1-transit-drops-silently/recording.pcapng`,
    )
  })

  it('writes keys where only their owner reads them', async () => {
    const session = await up()
    const { artefacts } = await session.finish()
    open.splice(0)
    const capture = artefacts.find(({ kind }) => kind === 'capture')
    expect(statSync(join(folder.path, capture?.path ?? '')).mode & 0o077).to.equal(0)
  })

  it('refuses a misbehaviour that no node has and a topology that is not there, and leaves nothing', async () => {
    const unknown = await up(reference, [{ node: 'cse1', misbehaviour: 'no-such' }]).catch(String)
    expect(unknown).to.match(/no misbehaviour/)
    const missing = await up({ file: 'not-there.yaml' }).catch(String)
    expect(missing).to.match(/not-there\.yaml/)
    expect(blocks).to.deep.equal({ reserved: 2, released: 2 })
  })

  it('gives its address block back, whether finished or abandoned', async () => {
    await (await up()).finish()
    expect(blocks).to.deep.equal({ reserved: 1, released: 1 })
    await (await up()).abandon()
    expect(blocks).to.deep.equal({ reserved: 2, released: 2 })
    open.splice(0)
  })

  it('refuses to load evidence whose plan or notes are not as they were written', async () => {
    const session = await up()
    await session.finish()
    open.splice(0)
    const of = join(folder.path, 'purposes/BTP-TEST-BENCH-001')
    const codeOf = () =>
      loadEvidence(of).then(
        () => 'loaded',
        ({ code }: BenchError) => code,
      )
    expect(await codeOf()).to.equal('loaded')
    const notes = readFileSync(join(of, 'notes.json'), 'utf8')
    writeFileSync(join(of, 'notes.json'), notes.replace('"canaries"', '"canary"'))
    expect(await codeOf()).to.equal('RECORD_INVALID')
    writeFileSync(join(of, 'notes.json'), notes.slice(0, -20))
    expect(await codeOf()).to.equal('RECORD_INVALID')
    rmSync(join(of, 'notes.json'))
    expect(await codeOf()).to.equal('FILE_UNREADABLE')
  })
})
