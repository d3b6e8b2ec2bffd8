import { seededHex } from '../protocol/random.ts'
import type { NodeConfiguration, NodeEnvironment, UnstampedEvent } from './contract.ts'
import { isMisbehaviour, type MisbehaviourName } from './misbehaviours.ts'

/** What every part of a node shares: who it is, its clock, its voice, and what it was told to do wrong. */
export interface NodeContext {
  readonly name: string
  readonly seed: number
  readonly spId: string
  /** Local address of outbound connections. */
  readonly address: string
  readonly answerTimeoutMs: number
  now(): number
  /** Lets the clock run on from here; `null` = the environment's time again. */
  setClock(atMs: number | null): void
  emit(event: UnstampedEvent): void
  keyLog(line: string): void
  /** A request identifier nobody used yet, the same in every run with the same seed. */
  freshRequestId(entity: string): string
  /** Aborted when the node stops. */
  readonly stopped: AbortSignal
  /** Asked at the very step a misbehaviour breaks; a yes is announced as an event. */
  misbehaves(name: MisbehaviourName, rqi?: string): boolean
}

const defaultAnswerTimeoutMs = 5000

export function makeContext(
  configuration: NodeConfiguration,
  environment: NodeEnvironment,
  stopped: AbortSignal,
): NodeContext {
  const chosen = new Set(configuration.misbehaviours.filter(isMisbehaviour))
  const prefix = seededHex(configuration.seed, `request ids of ${configuration.name}`, 3)
  let requests = 0
  let clockOffsetMs = 0
  const now = () => environment.now() + clockOffsetMs
  // An intersection type cannot see that the stamp completes whichever variant the event is.
  const emit = (event: UnstampedEvent) =>
    environment.emit({ node: configuration.name, atMs: now(), ...event })
  return {
    name: configuration.name,
    seed: configuration.seed,
    spId: configuration.spId,
    address: configuration.address,
    answerTimeoutMs: configuration.answerTimeoutMs ?? defaultAnswerTimeoutMs,
    now,
    setClock(atMs) {
      clockOffsetMs = atMs === null ? 0 : atMs - environment.now()
    },
    emit,
    keyLog: (line) => environment.keyLog(line),
    freshRequestId(entity) {
      requests += 1
      return `${entity}-${prefix}-${requests}`
    },
    stopped,
    misbehaves(name, rqi) {
      if (chosen.size === 0 || !chosen.has(name)) return false
      emit(
        rqi === undefined ? { event: 'misbehaviour', name } : { event: 'misbehaviour', name, rqi },
      )
      return true
    },
  }
}
