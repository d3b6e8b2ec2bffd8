import type { Domain, NodeKind, NodeProgram } from './plan.ts'

/** A topology as people write it, after parameters were put in; topology.schema.json describes every field. */
export interface TopologyFile {
  readonly name: string
  readonly description?: string
  readonly serviceProvider?: string
  readonly parameters?: Readonly<Record<string, Scalar | ParameterDeclaration>>
  readonly security?: SecurityEntry
  readonly credentials?: Readonly<Record<string, { readonly id: string }>>
  readonly nodes: Readonly<Record<string, NodeEntry>>
  readonly links?: Readonly<Record<string, LinkEntry>>
}

export type Scalar = string | number | boolean

export interface ParameterDeclaration {
  readonly default: Scalar
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
}

export interface NodeEntry {
  readonly kind: NodeKind
  readonly registrar?: string
  readonly domain?: Domain
  readonly register?: boolean
  readonly reachable?: boolean
  readonly address?: string
  readonly port?: number
  readonly misbehaviours?: readonly string[]
  readonly program?: NodeProgram
  readonly repeat?: number
  readonly chain?: boolean
  readonly per?: string
  readonly cse?: CseEntry
  readonly aes?: readonly AeEntry[]
}

export interface CseEntry {
  readonly id?: string
  readonly name?: string
  readonly admin?: string
  readonly appRules?: 'none' | readonly AppRuleEntry[]
}

export interface AppRuleEntry {
  readonly credentialIds?: readonly string[]
  readonly appIds: readonly string[]
  readonly aeIds: readonly string[]
}

export interface AeEntry {
  readonly name: string
  readonly appId?: string
  readonly stem?: string
  readonly resource?: string
  readonly reachable?: boolean
}

export interface LinkEntry {
  readonly security?: SecurityEntry
  readonly credential?: string
  readonly binding?: Binding
  readonly impair?: ImpairmentEntry
}

export interface ImpairmentEntry {
  readonly delayMs?: number
  readonly limitBytesPerS?: number
  readonly drop?: number
}

export type Binding = 'http' | 'coap' | 'mqtt' | 'websocket'
export type Saef = 'psk' | 'certificate' | 'maf'

export type SecurityEntry = 'none' | { readonly saef: Saef; readonly suites?: readonly string[] }
