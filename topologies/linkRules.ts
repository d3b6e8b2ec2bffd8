import { cipherSuiteByName } from '../protocol/security/cipherSuites.ts'
import { closest } from './closest.ts'
import { frameworkFor, spokenBindings, transportOf } from './frameworks.ts'
import type { Network, NetworkLink } from './network.ts'
import type { FieldPath, FoundProblem } from './problem.ts'
import { isDamaged, type RuleInput } from './rules.ts'
import type { SecurityEntry } from './topology.ts'

/** Links exist, can be protected as the file says, and find the credentials they name. */
export function linkProblems(input: RuleInput): readonly FoundProblem[] {
  const { file, network } = input
  const links = network.links
  return [
    ...Object.keys(file.links ?? {}).flatMap((wire) => unknownWire(wire, input) ?? []),
    ...credentialProblems(input),
    ...suiteProblems(file.security, ['security']),
    ...Object.entries(file.links ?? {}).flatMap(([wire, entry]) =>
      suiteProblems(entry.security, ['links', wire, 'security']),
    ),
    ...bindingProblems(input),
    ...links.flatMap((link) => dropProblem(link) ?? []),
    ...mixedListeners(network),
    ...wireClashes(links),
  ]
}

function unknownWire(wire: string, { network, damaged }: RuleInput): FoundProblem | undefined {
  const known = network.links.map((link) => link.wire)
  if (known.includes(wire)) return undefined
  if ([...damaged].some((entry) => wire.startsWith(entry) || wire.includes(`-${entry}`))) {
    return undefined
  }
  const near = closest(wire, known)
  return {
    path: ['links', wire],
    part: 'name',
    message: `there is no link \`${wire}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    remedy: `a link is named <registree>-<registrar>: ${list(known)}`,
  }
}

function credentialProblems({ file, network, damaged }: RuleInput): readonly FoundProblem[] {
  const declared = Object.keys(file.credentials ?? {})
  const users = new Map<string, string>()
  return Object.entries(file.links ?? {}).flatMap(([wire, entry]): readonly FoundProblem[] => {
    const { credential } = entry
    if (credential === undefined) return []
    const found = (message: string, remedy: string): readonly FoundProblem[] => [
      { path: ['links', wire, 'credential'], message, remedy },
    ]
    if (!declared.includes(credential)) {
      if (isDamaged(credential, damaged)) return []
      const near = closest(credential, declared)
      return found(
        `\`${wire}\` uses the credential \`${credential}\`, which is not declared${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
        `add it under \`credentials:\` with its id, or leave it out to have one generated (declared: ${list(declared)})`,
      )
    }
    const other = users.get(credential)
    users.set(credential, wire)
    if (other !== undefined) {
      return found(
        `the credential \`${credential}\` is used on \`${other}\` and on \`${wire}\``,
        'a key is shared by one pair of entities: declare another credential for one of the links',
      )
    }
    const link = network.links.find((candidate) => candidate.wire === wire)
    if (link?.security === 'none') {
      return found(
        `\`${wire}\` uses the credential \`${credential}\` and has no security`,
        'remove `credential`, or give the link a framework',
      )
    }
    const entities = network.nodes.find((node) => node.name === link?.registree)?.aes.length ?? 0
    if (link?.referencePoint !== 'Mca' || entities < 2) return []
    return found(
      `\`${wire}\` carries ${entities} AEs, a credential belongs to one`,
      'leave it out: the planner generates one for each AE',
    )
  })
}

function suiteProblems(
  security: SecurityEntry | undefined,
  path: FieldPath,
): readonly FoundProblem[] {
  if (security === undefined || security === 'none' || security.saef !== 'psk') return []
  return (security.suites ?? []).flatMap((name, index): readonly FoundProblem[] => {
    const found = (message: string, remedy: string): readonly FoundProblem[] => [
      { path: [...path, 'suites', index], message, remedy },
    ]
    const suite = cipherSuiteByName(name)
    if (suite === undefined) {
      return found(`unknown suite \`${name}\``, `use an IANA name, e.g. ${exampleSuite}`)
    }
    if (suite.auth !== 'psk') {
      return found(
        `\`${name}\` does not authenticate with a symmetric key`,
        `with saef psk use a PSK suite, e.g. ${exampleSuite}`,
      )
    }
    if (suite.openssl === undefined) {
      return found(`\`${name}\` is a suite this bench cannot run`, `use e.g. ${exampleSuite}`)
    }
    return []
  })
}

const exampleSuite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'

/** Said once where the file says it, however many links follow from it. */
function bindingProblems({ file, network }: RuleInput): readonly FoundProblem[] {
  const problems = new Map<string, FoundProblem>()
  for (const { wire, binding, security } of network.links) {
    const entry = file.links?.[wire]
    if (!spokenBindings.includes(binding)) {
      const path = ['links', wire, 'binding']
      const remedy = `use one of: ${spokenBindings.join(', ')}`
      const message = `\`${wire}\`: the nodes of this version do not speak ${binding}`
      problems.set(JSON.stringify(path), { path, message, remedy })
    }
    if (security === 'none' || frameworkFor(security.saef, binding) !== undefined) continue
    const path = entry?.security !== undefined ? ['links', wire, 'security'] : ['security']
    const where =
      entry?.security !== undefined || entry?.binding !== undefined ? `\`${wire}\`: ` : ''
    const message = `${where}framework \`saef: ${security.saef}\` does not fit the binding ${binding} in this version`
    const remedy = 'use `saef: psk` with the binding http, or `security: none`'
    problems.set(JSON.stringify(path), { path, message, remedy })
  }
  return [...problems.values()]
}

function dropProblem(link: NetworkLink): FoundProblem | undefined {
  if (link.impair?.drop === undefined || transportOf[link.binding] === 'udp') return undefined
  return {
    path: ['links', link.wire, 'impair', 'drop'],
    message: `\`${link.wire}\` runs over TCP, where no datagram can be dropped`,
    remedy: 'use `delayMs` or `limitBytesPerS`, or cut the wire while it runs',
  }
}

/** A CSE has one listener: what connects to it is all secured or all plain. */
function mixedListeners(network: Network): readonly FoundProblem[] {
  return network.nodes.flatMap((node): readonly FoundProblem[] => {
    if (node.cse === undefined) return []
    // The registrar of a CSE connects back to the same listener.
    const links = network.links.filter(
      (link) =>
        link.registrar === node.name ||
        (link.referencePoint === 'Mcc' && link.registree === node.name),
    )
    const plain = links.find((link) => link.security === 'none')
    const secured = links.find((link) => link.security !== 'none')
    if (plain === undefined || secured === undefined) return []
    const spoken = [plain, secured].find((link) => link.path[0] === 'links')
    return [
      {
        path: spoken?.path ?? ['security'],
        message: `\`${plain.wire}\` is plain and \`${secured.wire}\` is secured, both end at the one listener of \`${node.name}\``,
        remedy: 'give both the same security: `none` on both, or a framework on both',
      },
    ]
  })
}

/** `a-b` and `c` as well as `a` and `b-c` would make `a-b-c`. */
function wireClashes(links: readonly NetworkLink[]): readonly FoundProblem[] {
  const first = new Map<string, NetworkLink>()
  return links.flatMap((link): readonly FoundProblem[] => {
    const other = first.get(link.wire)
    first.set(link.wire, link)
    if (other === undefined || other.registree === link.registree) return []
    return [
      {
        path: link.path,
        message: `the links of \`${other.registree}\` and of \`${link.registree}\` would both be named \`${link.wire}\``,
        remedy: 'rename one of the nodes',
      },
    ]
  })
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')}, ...`
}
