import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import type { JsonObject, RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import { tell } from './network.ts'
import { type PlainCse, plainCse, plainRequest } from './plainCse.ts'

/** One resource tree for all; each test works below an AE of its own. */
describe('a CSE', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let hosting: PlainCse
  let ae = ''
  let count = 0

  before(async () => {
    hosting = await plainCse()
  })

  after(() => hosting.network.stop())

  beforeEach(async () => {
    count += 1
    ae = `Cae${count}`
    expect((await register(ae)).rsc).to.equal(2001)
  })

  const send = (request: Omit<RequestPrimitive, 'rqi'>): Promise<ResponsePrimitive> =>
    plainRequest(hosting.port, { rvi: '3', rqi: `r${count}`, ...request })
  const register = (fr: string | undefined, more: JsonObject = {}) =>
    send({
      op: 1,
      ty: 2,
      to: 'base',
      ...(fr === undefined ? {} : { fr }),
      pc: { 'm2m:ae': { api: 'Nx', rr: false, srv: ['3'], ...more } },
    })
  const create = (to: string, ty: number, pc: JsonObject, fr = ae) =>
    send({ op: 1, ty, to, pc, fr })
  const read = async (to: string, fr = ae) => {
    const { rsc, pc } = await send({ op: 2, to, fr })
    const [attributes = {}] = Object.values((pc ?? {}) as { [element: string]: JsonObject })
    return { rsc, attributes }
  }
  const instance = (container: string, con: string) => create(container, 4, { 'm2m:cin': { con } })

  describe('AE registration', () => {
    it('gives the AE its stem as resource id, and itself as creator', async () => {
      const { attributes } = await read(ae)
      expect(attributes).to.include({ ri: ae, aei: ae, ty: 2, pi: 'cbcse9' })
      expect((await read(ae, 'CAdmin')).rsc).to.equal(2000)
    })

    it('makes up a stem for C, S and no From', async () => {
      for (const [fr, form] of [
        ['C', /^C.+/],
        ['S', /^S.+/],
        [undefined, /^C.+/],
      ] as const) {
        const { rsc, pc } = await register(fr)
        expect(rsc).to.equal(2001)
        const made = (pc as { 'm2m:ae': JsonObject })['m2m:ae']
        expect(made.aei).to.match(form)
        expect(made.ri).to.equal(made.aei)
      }
    })

    it('refuses a second one with 4117, a taken name with 4105, a bad App-ID and missing attributes with 4000', async () => {
      expect((await register(ae)).rsc).to.equal(4117)
      expect((await register(`${ae}b`, { rn: `n${count}` })).rsc).to.equal(2001)
      expect((await register(`${ae}c`, { rn: `n${count}` })).rsc).to.equal(4105)
      expect((await register(`${ae}d`, { api: 'Xx' })).rsc).to.equal(4000)
      expect((await create('base', 2, { 'm2m:ae': { api: 'Nx' } }, `${ae}e`)).rsc).to.equal(4000)
    })

    it('refuses an AE below anything but the CSEBase', async () => {
      const pc = { 'm2m:ae': { api: 'Nx', rr: false, srv: ['3'] } }
      expect((await create(ae, 2, pc, `${ae}x`)).rsc).to.equal(4108)
    })

    it('ends with the deletion of the AE, and everything below it goes', async () => {
      await create(ae, 3, { 'm2m:cnt': { rn: 'box' } })
      expect((await send({ op: 4, to: ae, fr: ae })).rsc).to.equal(2002)
      expect((await read(`${ae}/box`, 'CAdmin')).rsc).to.equal(4004)
      expect((await read('base')).rsc).to.equal(4106)
    })
  })

  describe('identity checks on a plain listener', () => {
    const cases: [what: string, fr: string | undefined, rsc: number][] = [
      ['an AE that is not registered', 'Cnobody', 4106],
      ['a CSE without association', '/cse1', 4107],
      ['no From', undefined, 4000],
    ]
    for (const [what, fr, rsc] of cases) {
      it(`answers ${rsc} to ${what}`, async () => {
        const from = fr === undefined ? {} : { fr }
        expect((await send({ op: 2, to: 'base', ...from })).rsc).to.equal(rsc)
      })
    }

    it('answers 4000 to a registree that spells itself other than by its stem', async () => {
      expect((await read('base', `/cse9/${ae}`)).rsc).to.equal(4000)
    })
  })

  describe('containers', () => {
    beforeEach(async () => {
      expect((await create(ae, 3, { 'm2m:cnt': { rn: 'box', mni: 3, mbs: 10 } })).rsc).to.equal(
        2001,
      )
    })

    it('keep the latest instances within mni and mbs', async () => {
      for (const con of ['a', 'b', 'c', 'd'])
        expect((await instance(`${ae}/box`, con)).rsc).to.equal(2001)
      const box = (await read(`${ae}/box`)).attributes
      expect(box).to.include({ cni: 3, cbs: 3, st: 4 })
      expect((await read(`${ae}/box/la`)).attributes.con).to.equal('d')
      expect((await read(`${ae}/box/ol`)).attributes.con).to.equal('b')
      await instance(`${ae}/box`, '12345678')
      expect((await read(`${ae}/box`)).attributes).to.include({ cni: 3, cbs: 10 })
      expect((await instance(`${ae}/box`, '12345678901')).rsc).to.equal(5207)
    })

    it('answer la and ol with 4004 while empty, and delete through them', async () => {
      expect((await read(`${ae}/box/la`)).rsc).to.equal(4004)
      for (const con of ['a', 'b', 'c']) await instance(`${ae}/box`, con)
      expect((await send({ op: 4, to: `${ae}/box/la`, fr: ae })).rsc).to.equal(2002)
      expect((await send({ op: 4, to: `${ae}/box/ol`, fr: ae })).rsc).to.equal(2002)
      expect((await read(`${ae}/box/la`)).attributes.con).to.equal('b')
      expect((await send({ op: 3, to: `${ae}/box/la`, fr: ae, pc: {} })).rsc).to.equal(4005)
    })

    it('drop what mni no longer allows, and what is older than mia', async () => {
      for (const con of ['a', 'b', 'c']) await instance(`${ae}/box`, con)
      await send({ op: 3, to: `${ae}/box`, fr: ae, pc: { 'm2m:cnt': { mni: 1, mia: 60 } } })
      expect((await read(`${ae}/box`)).attributes).to.include({ cni: 1, cbs: 1 })
      await instance(`${ae}/box`, 'z')
      const now = Date.now()
      await tell(hosting.cse, { do: 'set-clock', atMs: now + 59_000 })
      expect((await read(`${ae}/box/la`)).attributes.con).to.equal('z')
      await tell(hosting.cse, { do: 'set-clock', atMs: now + 61_000 })
      expect((await read(`${ae}/box/la`)).rsc).to.equal(4004)
      expect((await read(`${ae}/box`)).attributes.cni).to.equal(0)
      await tell(hosting.cse, { do: 'set-clock', atMs: null })
    })

    it('are reached structured, unstructured, through - and by every scope', async () => {
      const ri = String((await read(`${ae}/box`)).attributes.ri)
      const rn = String((await read(ae)).attributes.rn)
      const forms = [
        ri,
        `base/${rn}/box`,
        `-/${rn}/box`,
        `/cse9/${ri}`,
        `/cse9/base/${rn}/box`,
        `//sp.example/cse9/${ri}`,
      ]
      for (const to of forms) expect((await read(to)).attributes.ri, to).to.equal(ri)
      await instance(ri, 'x')
      expect((await read(`${ri}/la`)).attributes.con).to.equal('x')
    })

    it('give single attributes when asked for them', async () => {
      expect((await read(`${ae}/box#mni`)).attributes).to.deep.equal({ mni: 3 })
      const pc = { 'm2m:atrl': ['mni', 'rn'] }
      const both = await send({ op: 2, to: `${ae}/box`, fr: ae, pc })
      expect(both.pc).to.deep.equal({ 'm2m:cnt': { mni: 3, rn: 'box' } })
      expect((await read(`${ae}/box#xyz`)).rsc).to.equal(4004)
    })

    it('are updated, attributes taken away by null, refusals named', async () => {
      const update = (attributes: JsonObject, rcn?: number) =>
        send({
          op: 3,
          to: `${ae}/box`,
          fr: ae,
          pc: { 'm2m:cnt': attributes },
          ...(rcn === undefined ? {} : { rcn }),
        })
      expect((await update({ lbl: ['x'], mbs: null })).rsc).to.equal(2004)
      const { attributes } = await read(`${ae}/box`)
      expect(attributes.lbl).to.deep.equal(['x'])
      expect(attributes).to.not.have.property('mbs')
      expect((await update({ lbl: ['y'] }, 0)).pc).to.equal(undefined)
      expect((await update({ ct: '20200101T000000' })).rsc).to.equal(4000)
      expect((await update({ nonsense: 1 })).rsc).to.equal(4000)
      await instance(`${ae}/box`, 'a')
      const cin = await send({ op: 3, to: `${ae}/box/la`, fr: ae, pc: { 'm2m:cin': { con: 'b' } } })
      expect(cin.rsc).to.equal(4005)
    })

    it('refuse what does not belong: 4108, 4000, 4105, 5001', async () => {
      const rsc = async (ty: number, pc: JsonObject) => (await create(`${ae}/box`, ty, pc)).rsc
      expect(
        await rsc(1, { 'm2m:acp': { pv: {}, pvs: { acr: [{ acor: ['all'], acop: 63 }] } } }),
      ).to.equal(4108)
      expect(await rsc(4, {})).to.equal(4000)
      expect(await rsc(4, { 'm2m:cin': { con: 'x', cr: 'Cother' } })).to.equal(4000)
      expect(await rsc(3, { 'm2m:cnt': { rn: 'la' } })).to.equal(4105)
      expect(await rsc(3, { 'm2m:cnt': { rn: 'in' } })).to.equal(2001)
      expect(await rsc(3, { 'm2m:cnt': { rn: 'in' } })).to.equal(4105)
      expect(await rsc(23, { 'm2m:sub': { nu: ['x'] } })).to.equal(5001)
      expect(await rsc(5, { 'm2m:cb': {} })).to.equal(4005)
    })

    it('return what the result content asks for', async () => {
      await instance(`${ae}/box`, 'a')
      const rn = String((await read(ae)).attributes.rn)
      const get = async (rcn: number) => (await send({ op: 2, to: ae, fr: ae, rcn })).pc
      expect(await get(1)).to.have.nested.property('m2m:ae.ri', ae)
      expect(await get(4)).to.have.nested.property('m2m:ae.m2m:cnt[0].m2m:cin[0].con', 'a')
      expect(await get(5)).to.have.nested.property('m2m:ae.ch[0].val', `base/${rn}/box`)
      expect(await get(6)).to.have.nested.property('m2m:rrl.rrf[0].typ', 3)
      expect(await get(8)).to.not.have.nested.property('m2m:ae.ri')
      expect((await send({ op: 2, to: ae, fr: ae, rcn: 9 })).rsc).to.equal(4000)
      const named = (rcn: number) =>
        send({ op: 1, ty: 3, to: ae, fr: ae, rcn, pc: { 'm2m:cnt': { rn: `rcn${rcn}` } } })
      expect((await named(0)).pc).to.equal(undefined)
      expect((await named(2)).pc).to.deep.equal({ 'm2m:uri': `base/${rn}/rcn2` })
      expect((await named(3)).pc).to.have.nested.property('m2m:rce.uri', `base/${rn}/rcn3`)
    })
  })

  describe('access control', () => {
    const rule = (acor: string, acop: number) => ({ acr: [{ acor: [acor], acop }] })
    let other = ''

    beforeEach(async () => {
      other = `${ae}o`
      await register(other)
      const acp = { rn: 'acp', pv: rule(other, 2 + 32), pvs: rule(ae, 63) }
      expect((await create(ae, 1, { 'm2m:acp': acp })).rsc).to.equal(2001)
      await create(ae, 3, { 'm2m:cnt': { rn: 'own' } })
      await create(ae, 3, { 'm2m:cnt': { rn: 'shared', acpi: [`${ae}/acp`], lbl: ['s'] } })
    })

    it('leaves a resource without acpi to its creator', async () => {
      expect((await read(`${ae}/own`)).rsc).to.equal(2000)
      expect((await read(`${ae}/own`, other)).rsc).to.equal(4103)
      expect((await create(`${ae}/own`, 4, { 'm2m:cin': { con: 1 } }, other)).rsc).to.equal(4103)
    })

    it('goes by the rules of the linked policy, for the creator too', async () => {
      expect((await read(`${ae}/shared`, other)).rsc).to.equal(2000)
      expect((await read(`${ae}/shared`)).rsc).to.equal(4103)
      const cin = { 'm2m:cin': { con: 'x' } }
      expect((await create(`${ae}/shared`, 4, cin, other)).rsc).to.equal(4103)
      expect((await read(`${ae}/acp`, other)).rsc).to.equal(4103)
    })

    it('lets only the pvs of the linked policy change acpi, and takes effect at once', async () => {
      const relink = (fr: string, acpi: string[]) =>
        send({ op: 3, to: `${ae}/shared`, fr, pc: { 'm2m:cnt': { acpi } } })
      expect((await relink(other, [`${ae}/acp`])).rsc).to.equal(4103)
      expect((await relink(ae, ['nowhere'])).rsc).to.equal(4000)
      const unknown = { 'm2m:cnt': { acpi: ['nowhere'] } }
      expect((await create(ae, 3, unknown)).rsc).to.equal(4000)
      const pv = { 'm2m:acp': { pv: rule(other, 63) } }
      expect((await send({ op: 3, to: `${ae}/acp`, fr: ae, pc: pv })).rsc).to.equal(2004)
      expect((await create(`${ae}/shared`, 4, { 'm2m:cin': { con: 'x' } }, other)).rsc).to.equal(
        2001,
      )
      expect((await read(`${ae}/shared/la`, other)).attributes.con).to.equal('x')
      expect((await read(`${ae}/shared/la`)).rsc).to.equal(4103)
    })

    it('says not found before it says no, and no before it looks at the content', async () => {
      expect((await read(`${ae}/nothing`, other)).rsc).to.equal(4004)
      expect((await create(`${ae}/own`, 4, {}, other)).rsc).to.equal(4103)
    })

    it('shows a discovery only what its originator may discover', async () => {
      const found = async (fr: string, fc: JsonObject) => {
        const { rsc, pc } = await send({ op: 2, to: 'base', fr, fc: { fu: 1, ...fc } })
        return rsc === 2000 ? (pc as { 'm2m:uril': string[] })['m2m:uril'] : rsc
      }
      expect(await found(other, { lbl: ['s'] })).to.equal(4103)
      const all = await found('CAdmin', { lbl: ['s'], ty: [3] })
      expect(all).to.be.an('array').that.has.length.greaterThan(0)
      expect(await found('CAdmin', { ty: [3], lim: 1 })).to.have.length(1)
      const both = { acr: [...rule(other, 2 + 32).acr, ...rule(ae, 1).acr] }
      await send({ op: 3, to: `${ae}/acp`, fr: ae, pc: { 'm2m:acp': { pv: both } } })
      await create(`${ae}/shared`, 3, { 'm2m:cnt': { rn: 'hidden' } })
      const seen = { rn: 'seen', acpi: [`${ae}/acp`] }
      expect((await create(`${ae}/shared`, 3, { 'm2m:cnt': seen })).rsc).to.equal(2001)
      const rn = String((await read(ae)).attributes.rn)
      const below = await send({ op: 2, to: `${ae}/shared`, fr: other, fc: { fu: 1 } })
      expect(below.pc).to.deep.equal({ 'm2m:uril': [`base/${rn}/shared/seen`] })
    })

    it('lets registrees read the CSEBase and change nothing of it', async () => {
      expect((await read('base')).attributes).to.include({ csi: '/cse9', cst: 1, ty: 5 })
      for (const op of [3, 4] as const) {
        const pc = op === 3 ? { pc: { 'm2m:cb': { lbl: ['x'] } } } : {}
        expect((await send({ op, to: 'base', fr: 'CAdmin', ...pc })).rsc).to.equal(4005)
      }
      expect((await create('base', 3, { 'm2m:cnt': {} })).rsc).to.equal(4103)
      expect((await create('base', 3, { 'm2m:cnt': {} }, 'CAdmin')).rsc).to.equal(2001)
    })
  })

  it('refuses non-blocking requests, expired ones and unknown releases', async () => {
    const get = (more: Partial<RequestPrimitive>) => send({ op: 2, to: 'base', fr: ae, ...more })
    expect((await get({ rt: { rtv: 1 } })).rsc).to.equal(5206)
    expect((await get({ rt: { rtv: 5 } })).rsc).to.equal(5001)
    expect((await get({ rqet: '20200101T000000' })).rsc).to.equal(4008)
    expect((await get({ rvi: '99' })).rsc).to.equal(4001)
  })

  it('refuses what it cannot forward: the IN knows no CSE of that name', async () => {
    expect((await read('/cse7/base')).rsc).to.equal(4004)
    expect((await read('//other.example/cse7/base')).rsc).to.equal(4004)
  })

  it('answers malformed requests, and forgets resources past their expiration time', async () => {
    const raw = (path: string, init: RequestInit) =>
      fetch(`http://127.0.0.1:${hosting.port}${path}`, init)
    const headers = { 'X-M2M-Origin': ae, 'X-M2M-RI': '1', 'X-M2M-RVI': '3' }
    const bad = await raw('/base', {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json;ty=3' },
      body: '{',
    })
    expect([bad.status, bad.headers.get('x-m2m-rsc')]).to.deep.equal([400, '4000'])
    const long = await raw('/base', {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json;ty=3' },
      body: 'x'.repeat(1024 * 1024 + 1),
    })
    expect(long.status).to.equal(413)
    await create(ae, 3, { 'm2m:cnt': { rn: 'old', et: '20991231T000000' } })
    await tell(hosting.cse, { do: 'set-clock', atMs: Date.UTC(2026, 0, 1) })
    expect((await read(`${ae}/old`)).rsc).to.equal(2000)
    await tell(hosting.cse, { do: 'set-clock', atMs: Date.UTC(2100, 0, 1) })
    expect((await read(`${ae}/old`, 'CAdmin')).rsc).to.equal(4004)
    expect((await read('base')).rsc).to.equal(4106)
    await tell(hosting.cse, { do: 'set-clock', atMs: null })
  })
})
