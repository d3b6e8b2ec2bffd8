import net from 'node:net'
import { BenchError } from '../../protocol/errors.ts'
import { parseCseId, parseEntityId, parseKpsaId, parseSpId } from '../../protocol/identifiers.ts'
import { parseJson } from '../../protocol/json.ts'
import { contractVersion, type NodeConfiguration } from '../contract.ts'
import { knownSuites } from '../security/tlsSuites.ts'
import {
  byField,
  list,
  object,
  oneOf,
  optional,
  type Problem,
  text,
  truth,
  wholeNumber,
} from './checks.ts'

const notEmpty = (value: string) => value !== ''
const word = text('name', (value) => /^[A-Za-z0-9._~-]{1,256}$/.test(value))
const anyText = text('text', notEmpty)
const path = text('path of a file', notEmpty)
const address = text('IPv4 address', (value) => net.isIPv4(value))
const port = wholeNumber({ min: 0, max: 65535 })
const cseId = text('CSE-ID such as /cse1', (value) => parseCseId(value).ok)
const absoluteId = text(
  'absolute AE-ID or CSE-ID such as //sp.example/cse1',
  (value) => value.startsWith('//') && parseEntityId(value).ok,
)
const pointOfAccess = text('http or https URL with a port', isPointOfAccess)
const suites = list(oneOf(...knownSuites))

const credential = object({
  id: text('KpsaID such as kpsa-1@sp.example', (value) => parseKpsaId(value).ok),
  keyFile: path,
  peer: absoluteId,
})

const outbound = object({ saef: oneOf('psk'), suites, credential })

const listener = object({
  address,
  port,
  binding: oneOf('http'),
  security: optional(object({ saef: oneOf('psk'), suites, credentials: list(credential) })),
})

const registrar = object({
  cseId,
  cseBaseName: word,
  pointOfAccess,
  ownPointOfAccess: optional(pointOfAccess),
  security: optional(outbound),
  autoRegister: truth,
})

const cse = object({
  cseId,
  name: word,
  listener,
  pointsOfAccess: list(pointOfAccess),
  registrar: optional(registrar),
  registrees: list(object({ id: absoluteId, security: optional(outbound) })),
  adminOriginator: optional(text('AE-ID or CSE-ID', (value) => parseEntityId(value).ok)),
  appRules: optional(
    list(
      object({
        credentialIds: optional(list(anyText)),
        appIds: list(anyText),
        aeIds: list(anyText),
      }),
    ),
  ),
})

const ae = object({
  name: text('name other than cse', (value) => value !== 'cse' && notEmpty(value)),
  aeIdStem: optional(text('AE-ID-Stem, C or S', (value) => /^[CS][A-Za-z0-9._~-]*$/.test(value))),
  appId: anyText,
  resourceName: word,
  registrar,
  listener: optional(listener),
  pointOfAccess: optional(pointOfAccess),
})

const configuration = object({
  contractVersion: oneOf(contractVersion),
  name: anyText,
  kind: oneOf('adn', 'asn', 'mn', 'in', 'in-ae'),
  seed: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  spId: text('FQDN in lower case', (value) => !value.startsWith('/') && parseSpId(value).ok),
  address,
  cse: optional(cse),
  aes: list(ae),
  control: optional(
    byField(
      'streams',
      object({ streams: oneOf(true) }),
      object({ address, port, tokenFile: path }),
    ),
  ),
  keyLogFile: optional(path),
  keyLogToStream: optional(truth),
  misbehaviours: list(anyText),
  answerTimeoutMs: optional(wholeNumber({ min: 1, max: 600_000 })),
})

/**
 * Reads a node configuration. Throws NODE_CONFIGURATION_INVALID with everything that is wrong, each with its path;
 * UNSUPPORTED where the only trouble is that it asks for what this node does not have.
 */
export function parseConfiguration(json: string): NodeConfiguration {
  const parsed = parseJson(json)
  if (!parsed.ok) throw invalid([{ path: '', message: parsed.error.message, remedy: 'write JSON' }])
  const problems: Problem[] = []
  configuration(parsed.value, '', problems)
  if (problems.length > 0) throw invalid(problems)
  // Checked field by field just above.
  const checked = parsed.value as unknown as NodeConfiguration
  const together = relations(checked)
  if (together.length > 0) throw invalid(together)
  return checked
}

/** What no field shows by itself. */
function relations({ cse, aes, control }: NodeConfiguration): Problem[] {
  const problems: Problem[] = []
  if (cse === undefined && aes.length === 0) {
    problems.push({ path: 'cse', message: 'there is neither CSE nor AE', remedy: 'add one' })
  }
  const names = aes.map(({ name }) => name)
  for (const [index, { name, listener: own, pointOfAccess: poa }] of aes.entries()) {
    if (names.indexOf(name) !== index) {
      const remedy = 'give each AE its own name'
      problems.push({ path: `aes[${index}].name`, message: `${name} is there twice`, remedy })
    }
    if ((own === undefined) !== (poa === undefined)) {
      const message = 'listener and pointOfAccess go together'
      problems.push({ path: `aes[${index}]`, message, remedy: 'give both or neither' })
    }
  }
  if (control && 'address' in control && !control.address.startsWith('127.')) {
    const remedy = 'use an address that starts with 127.'
    problems.push({ path: 'control.address', message: 'is not loopback', remedy })
  }
  return problems
}

function isPointOfAccess(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, search, hash } = new URL(value)
  return ['http:', 'https:'].includes(protocol) && username + search + hash === ''
}

function invalid(problems: readonly Problem[]): BenchError {
  const lines = problems.map(({ path: at, message, remedy }) =>
    `${at === '' ? 'the configuration' : at}: ${message} (${remedy})`.trim(),
  )
  const onlyUnsupported = problems.every((problem) => problem.unsupported)
  const code = onlyUnsupported ? 'UNSUPPORTED' : 'NODE_CONFIGURATION_INVALID'
  return new BenchError(code, lines.join('\n'), {
    remedy: problems[0]?.remedy ?? '',
  })
}
