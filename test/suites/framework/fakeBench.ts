/** A bench without a network: each part answers as the test says, and what was called is kept. */
import type {
  Bench,
  BenchSession,
  BringUpOptions,
  ProbeAnswer,
} from '../../../suites/framework/bench.ts'
import type { Evidence, Property } from '../../../suites/framework/evidence.ts'
import type { NegativePurpose, PositivePurpose } from '../../../suites/framework/testPurpose.ts'
import type { TestSystem } from '../../../suites/framework/testSystem.ts'
import { evidence, referencePlan } from '../builders.ts'

export interface FakeOptions {
  readonly bringUp?: (options: BringUpOptions) => Promise<void>
  readonly probe?: () => Promise<ProbeAnswer>
  readonly finish?: (options: BringUpOptions) => Promise<Evidence>
  readonly lastLines?: readonly string[]
  readonly tester?: Partial<TestSystem>
}

export interface FakeBench extends Bench {
  /** What was called, in order, e.g. `bringUp`, `enter body`, `finish`. */
  readonly calls: readonly string[]
}

export function fakeBench(options: FakeOptions = {}): FakeBench {
  const calls: string[] = []
  return {
    calls,
    bringUp: async (_use, upOptions) => {
      calls.push(['bringUp', ...upOptions.mutants.map((each) => each.misbehaviour)].join(' '))
      await options.bringUp?.(upOptions)
      return session(options, upOptions, calls)
    },
  }
}

function session(options: FakeOptions, upOptions: BringUpOptions, calls: string[]): BenchSession {
  const unsupported: ProbeAnswer = { answer: 'unsupported', because: '127' }
  return {
    tester: fakeTester(options.tester),
    enter: (phase) => void calls.push(`enter ${phase}`),
    probe: async (node) => {
      calls.push(`probe ${node}`)
      return (await options.probe?.()) ?? unsupported
    },
    lastLines: () => options.lastLines ?? [],
    finish: async () => {
      calls.push('finish')
      const artefacts = [{ kind: 'capture', path: 'recording.pcapng' }]
      return { evidence: (await options.finish?.(upOptions)) ?? evidence(), artefacts }
    },
    abandon: async () => void calls.push('abandon'),
  }
}

export function fakeTester(overrides: Partial<TestSystem> = {}): TestSystem {
  const absent = (): never => {
    throw new Error('not part of this test')
  }
  return {
    plan: referencePlan(),
    seed: 1,
    entity: absent,
    link: absent,
    canary: (label) => ({ label, text: 'canary-1' }),
    requestId: () => 'r1',
    expectJourney: () => {},
    note: () => {},
    setClock: async () => {},
    ...overrides,
  }
}

export const holding: Property = {
  name: 'holding',
  claim: 'it holds',
  requirement: 'TS-0003 8.2.1',
  check: () => ({ result: 'holds', because: 'it is so', frames: [] }),
}

export const violatedProperty: Property = {
  ...holding,
  name: 'violated-property',
  check: () => ({ result: 'violated', because: 'it is not so', frames: [] }),
}

const data = {
  id: 'BTP/SAEF/PSK/001',
  title: 'a registrar CSE does what it must',
  objective: 'Shows it.',
  requirement: 'TS-0003 8.2.2.1',
  asset: 'authentication',
  framework: 'SAEF/PSK',
  profile: 'ci',
  selection: 'ICS_MN_CSE',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
  properties: [holding],
  mutants: [{ misbehaviour: 'origin-unchecked' }],
  timeoutMs: 2000,
} as const

export function positivePurpose(overrides: Partial<PositivePurpose> = {}): PositivePurpose {
  return { ...data, behaviour: 'BV', body: async () => undefined, ...overrides }
}

export function negativePurpose(
  overrides: Partial<NegativePurpose<unknown>> = {},
): NegativePurpose<unknown> {
  return {
    ...data,
    behaviour: 'BI',
    stimulus: async (_tester, fault) => ({ fault }),
    control: () => {},
    judge: () => undefined,
    ...overrides,
  }
}
