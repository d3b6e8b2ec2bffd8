import { seededBytes } from '../../protocol/random.ts'
import type {
  ImpersonationOptions,
  LinkHandle,
  TesterCredential,
} from '../../suites/framework/testSystem.ts'
import type { Plan, PlannedLink } from '../../topologies/plan.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { buildClientHello } from './clientHello.ts'
import { probeWithHello } from './helloProbe.ts'
import type { NoteBook } from './noteBook.ts'
import { findCredential } from './planLookup.ts'
import { connectAsRegistree, type RegistreeConnectionOptions } from './registreeConnection.ts'
import { type RogueOptions, startRogueRegistrar } from './rogueRegistrar.ts'
import { makeSelfSigned } from './selfSigned.ts'
import { tlsSettings } from './tlsSettings.ts'
import { wireOf } from './wireOf.ts'

export interface LinkHandleOptions {
  readonly plan: Plan
  readonly link: PlannedLink
  readonly testbed: Testbed
  readonly book: NoteBook
  /** The provisioned key of a KpsaID. */
  readonly keyOf: (credentialId: string) => Uint8Array
  readonly nextRequestId: () => string
  readonly now: () => number
  readonly timeoutMs: number
  /** Has the session end what the purpose forgot to. */
  readonly onEnd: (end: () => Promise<void>) => void
}

/** Where the tester listens when it stands in for a registrar: an address no node has, named in the recording. */
const rogueHost = '255.250'

/** What the rogue with a certificate offers: the certificate suite of the profile and its AEAD sister. */
const certificateSuites = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
]

/** One link of the testbed: the tester plays either end of it, or disturbs it. */
export function makeLinkHandle(options: LinkHandleOptions): LinkHandle {
  const { link, book, timeoutMs } = options
  const wire = wireOf(options.testbed, link.wire)
  return {
    wire: link.wire,
    connect: async (credential = {}) => {
      const connection = await connectAsRegistree(connectionOptions(options, credential))
      options.onEnd(() => connection.close())
      book.write(`the tester connects on ${link.wire}: ${connection.outcome}`)
      return connection
    },
    impersonateRegistrar: (impersonation) => impersonate(options, impersonation),
    hello: async (hello) => {
      const random = seededBytes(options.plan.seed, `hello ${options.nextRequestId()}`, 32)
      const answer = await probeWithHello(buildClientHello(hello, random), {
        network: options.testbed.testerNetwork,
        target: link.toRegistrar.listen,
        localAddress: sourceAddress(options),
        timeoutMs,
        onPort: (port) => book.connection(link.wire, port),
      })
      book.write(`the tester's ClientHello on ${link.wire} gets: ${answer.answer}`)
      return answer
    },
    cut: async () => {
      await wire.cut()
      book.write(`${link.wire} is cut`)
    },
    heal: async () => {
      await wire.heal()
      book.write(`${link.wire} is healed`)
    },
    delay: async (delayMs) => {
      await wire.impair({ ...link.impairment, delayMs })
      book.write(`${link.wire} delays by ${delayMs} ms`)
    },
  }
}

function connectionOptions(
  options: LinkHandleOptions,
  credential: TesterCredential,
): RegistreeConnectionOptions {
  const { link, book, timeoutMs, nextRequestId } = options
  return {
    network: options.testbed.testerNetwork,
    target: link.toRegistrar.listen,
    localAddress: credential.from ?? sourceAddress(options),
    timeoutMs,
    nextRequestId,
    onPort: (port) => book.connection(link.wire, port),
    ...(link.security === null || credential.protection === 'none'
      ? {}
      : { tls: clientTls(options, credential, link.security.suites) }),
  }
}

function clientTls(
  options: LinkHandleOptions,
  credential: TesterCredential,
  plannedSuites: readonly string[],
): NonNullable<RegistreeConnectionOptions['tls']> {
  const planned = findCredential(options.plan, options.link, credential.as)
  return {
    settings: tlsSettings(credential.suites ?? plannedSuites, {
      ...(credential.minVersion === undefined ? {} : { min: credential.minVersion }),
      ...(credential.maxVersion === undefined ? {} : { max: credential.maxVersion }),
    }),
    pskIdentity: credential.pskIdentity ?? planned.id,
    psk: keyBytes(options, credential.key, planned.id),
    onKeyLog: (line) => options.testbed.fabric.recorder.addSecret(line),
  }
}

function keyBytes(
  options: LinkHandleOptions,
  key: string | undefined,
  credentialId: string,
): Uint8Array {
  if (key === undefined) return options.keyOf(credentialId)
  if (key === 'wrong') return wrongKey(options, credentialId)
  return Buffer.from(key, 'hex')
}

/** As long as the provisioned key, and nobody has it. */
function wrongKey(options: LinkHandleOptions, credentialId: string): Uint8Array {
  const length = options.keyOf(credentialId).length
  return seededBytes(options.plan.seed, `a key nobody has, not ${credentialId}`, length)
}

async function impersonate(options: LinkHandleOptions, impersonation: ImpersonationOptions) {
  const { link, book, testbed } = options
  const address = rogueAddress(link)
  testbed.fabric.recorder.nameAddress(address, 'tester')
  const wire = wireOf(testbed, link.wire)
  const tls = await rogueTls(options, impersonation.credential)
  const rogue = await startRogueRegistrar({
    network: testbed.testerNetwork,
    address,
    wire: link.wire,
    timeoutMs: options.timeoutMs,
    ...(tls === undefined ? {} : { tls }),
    ...(impersonation.answer === undefined ? {} : { answer: impersonation.answer }),
    onStop: async () => {
      await wire.redirect(toRegistrarWay, null)
      book.write(`the true registrar is back on ${link.wire}`)
    },
  })
  await wire.redirect(toRegistrarWay, { address, port: rogue.port })
  book.impersonated(link.wire)
  book.write(`the tester is the registrar on ${link.wire}, credential: ${impersonation.credential}`)
  options.onEnd(rogue.handle.stop)
  return rogue.handle
}

/** The first way of a wire leads to the registrar (tools/fabric/fabric.ts). */
const toRegistrarWay = 0

async function rogueTls(
  options: LinkHandleOptions,
  credential: ImpersonationOptions['credential'],
): Promise<RogueOptions['tls']> {
  const { link } = options
  if (credential === 'plain' || link.security === null) return undefined
  const onKeyLog = (line: string) => options.testbed.fabric.recorder.addSecret(line)
  const { suites } = link.security
  if (credential === 'right') {
    const psk = (identity: string) => keyOrNull(options, identity)
    return { settings: tlsSettings(suites, {}), psk, onKeyLog }
  }
  // An impostor without the key takes what it can get: a certificate before a PSK handshake it cannot finish.
  const certificate = await makeSelfSigned(link.registrar.node, options.now())
  if (credential === 'certificate')
    return { settings: tlsSettings(certificateSuites, {}), certificate, onKeyLog }
  const psk = () => wrongKey(options, provisioned(options))
  return {
    settings: tlsSettings([...certificateSuites, ...suites], {}),
    psk,
    certificate,
    onKeyLog,
  }
}

function provisioned(options: LinkHandleOptions): string {
  return findCredential(options.plan, options.link).id
}

function keyOrNull(options: LinkHandleOptions, identity: string): Uint8Array | null {
  const known = options.plan.credentials.some((credential) => credential.id === identity)
  return known ? options.keyOf(identity) : null
}

/** Where a node has a network of its own, the tester is in it at the fabric's address, and cannot have the node's. */
function sourceAddress({ plan, link }: LinkHandleOptions): string {
  const node = plan.nodes.find((candidate) => candidate.name === link.registree.node)
  return node?.network?.fabricAddress ?? node?.address ?? link.toRegistrar.listen.address
}

/** On loopback in any case: nobody but the wires has to reach it. */
function rogueAddress({ toRegistrar }: PlannedLink): string {
  const { address } = toRegistrar.listen
  const block = address.startsWith('127.') ? address.split('.').slice(0, 2).join('.') : '127.0'
  return `${block}.${rogueHost}`
}
