/** What somebody who may not be who they say tries first: to connect, and to ask for something harmless. */
import { assert } from 'chai'
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { expectNoAnswer, expectStatus } from './outcomes.ts'
import { absoluteIdOf, cseBaseOf } from './planned.ts'
import { retrieve } from './requests.ts'
import type { TesterConnection, TesterCredential, TestSystem } from './testSystem.ts'
import { Inconclusive } from './verdict.ts'

/** How far the tester got in the place of a registree. */
export interface Attempt {
  readonly connection: TesterConnection
  /** Absent where no connection came about. */
  readonly answer?: RequestOutcome
}

/** Connects on a wire and, when let in, has `as` retrieve the CSEBase of the registrar. */
export async function attempt(
  tester: TestSystem,
  wire: string,
  credential: TesterCredential = {},
  request: OutgoingRequest = baseRequest(tester, wire),
): Promise<Attempt> {
  const connection = await tester.link(wire).connect(credential)
  if (connection.outcome === 'refused') return { connection }
  const answer = await connection.request({ rqi: tester.requestId(), rvi: '3', ...request })
  await connection.close()
  return { connection, answer }
}

/** The registree of a wire retrieves the CSEBase of its registrar: every registree may. */
export function baseRequest({ plan }: TestSystem, wire: string): OutgoingRequest {
  const link = plan.links.find((candidate) => candidate.wire === wire)
  const [entity = ''] = link?.registree.entities ?? []
  const to = cseBaseOf(plan, link?.registrar.node ?? '')
  return { ...retrieve(to), fr: originatorOf(absoluteIdOf(plan, entity), link?.referencePoint) }
}

/** From of an AE towards its registrar is its AE-ID-Stem, of a CSE its SP-relative CSE-ID (TS-0004 7.3.2.1). */
function originatorOf(absoluteId: string, referencePoint: 'Mca' | 'Mcc' | undefined): string {
  const parts = absoluteId.split('/')
  const last = parts.at(-1) ?? ''
  return referencePoint === 'Mcc' ? `/${last}` : last
}

/** The control: who is who they say is let in and served. */
export function expectServed({ connection, answer }: Attempt): void {
  if (connection.outcome === 'refused' || answer === undefined)
    assert.fail(`the honest registree is refused: ${refusalOf(connection)}`)
  expectStatus(answer, 2000, 'the honest registree retrieves the CSEBase')
}

/** The fault: neither an association nor, over whatever connection there is, any answer of the service layer. */
export function expectShutOut({ connection, answer }: Attempt, who: string): undefined {
  if (connection.outcome === 'connected' && connection.version !== undefined)
    assert.fail(`${who} is let in with ${connection.version} ${connection.suite}`)
  if (answer !== undefined) expectNoAnswer(answer, who)
  return undefined
}

function refusalOf(connection: TesterConnection): string {
  return connection.outcome === 'refused' ? connection.because : 'it got no answer'
}

/** One request over a fresh connection in the place of the registree of a wire, with the credential it has there. */
export async function askOver(
  tester: TestSystem,
  wire: string,
  request: OutgoingRequest,
): Promise<RequestOutcome> {
  const { connection, answer } = await attempt(tester, wire, {}, request)
  if (answer !== undefined) return answer
  throw new Inconclusive(`no connection on ${wire}: ${refusalOf(connection)}`)
}
