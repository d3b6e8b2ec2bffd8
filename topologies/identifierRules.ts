import {
  parseAeIdStem,
  parseAppId,
  parseCseId,
  parseEntityId,
  parseKpsaId,
  parseSpId,
} from '../protocol/identifiers.ts'
import type { Network, NetworkAe, NetworkNode } from './network.ts'
import type { FieldPath, FoundProblem } from './problem.ts'
import type { RuleInput } from './rules.ts'

/** Identifiers are well-formed (TS-0001 7.2) and name one thing each. */
export function identifierProblems({ file, network }: RuleInput): readonly FoundProblem[] {
  const problems = network.nodes.flatMap((node) => [
    ...(node.cse === undefined ? [] : cseProblems(node, node.cse.cseId)),
    ...node.aes.flatMap(aeProblems),
  ])
  if (file.serviceProvider !== undefined && !isBareSpId(file.serviceProvider)) {
    problems.push({
      path: ['serviceProvider'],
      message: `\`${file.serviceProvider}\` is not an M2M-SP-ID without its slashes`,
      remedy: 'give a domain name in lower case, e.g. sp.example',
    })
  }
  for (const [name, { id }] of Object.entries(file.credentials ?? {})) {
    if (parseKpsaId(id).ok) continue
    problems.push({
      path: ['credentials', name, 'id'],
      message: `\`${id}\` is not a KpsaID`,
      remedy:
        "letters, digits, '.', '_' and '-', then '@' and a domain name, e.g. sensor1@sp.example",
    })
  }
  return [...problems, ...sharedNames(network)]
}

function isBareSpId(text: string): boolean {
  return !text.startsWith('//') && parseSpId(text).ok
}

function cseProblems(node: NetworkNode, cseId: string): readonly FoundProblem[] {
  const path = [...node.path, 'cse', 'id']
  if (!parseCseId(cseId).ok) {
    const remedy =
      "a CSE-ID is '/' and then letters, digits, '.', '_', '~' or '-', e.g. /cse1 (TS-0001 7.2)"
    return [{ path, message: `\`${cseId}\` is not a CSE-ID`, remedy }]
  }
  const read = parseEntityId(cseId)
  if (read.ok && read.value.kind === 'cse') return []
  return [
    {
      path,
      message: `\`${cseId}\` as a CSE-ID cannot be told from the AE-ID of a provider-assigned AE`,
      remedy: 'choose a CSE-ID (or node name) that does not begin with a capital S',
    },
  ]
}

function aeProblems(ae: NetworkAe): readonly FoundProblem[] {
  const problems: FoundProblem[] = []
  if (ae.stem !== 'C' && ae.stem !== 'S' && !parseAeIdStem(ae.stem).ok) {
    problems.push({
      path: [...ae.path, 'stem'],
      message: `\`${ae.stem}\` is not an AE-ID-Stem`,
      remedy: 'begin with C or S (e.g. CAE1), or give C or S alone to have a stem assigned',
    })
  }
  if (!parseAppId(ae.appId).ok) {
    problems.push({
      path: [...ae.path, 'appId'],
      message: `\`${ae.appId}\` is not an App-ID`,
      remedy: 'begin with N and free text, or R, authority and reverse domain name, e.g. Nsensor',
    })
  }
  return problems
}

interface Named {
  readonly name: string
  readonly owner: string
  readonly path: FieldPath
}

/** Names that two things share; every scope in which names are unique is one row. */
function sharedNames(network: Network): readonly FoundProblem[] {
  const cses = network.nodes.flatMap((node) =>
    node.cse === undefined ? [] : [{ node, cse: node.cse }],
  )
  const aes = network.nodes.flatMap((node) => node.aes.map((ae) => ({ node, ae })))
  const scopes: readonly (readonly [string, readonly Named[]])[] = [
    [
      'CSE-ID',
      cses.map(({ node, cse }) => ({ name: cse.cseId, owner: node.name, path: node.path })),
    ],
    [
      'entity name',
      [
        ...cses.map(({ node }) => ({ name: node.name, owner: node.name, path: node.path })),
        ...aes.map(({ node, ae }) => ({ name: ae.name, owner: node.name, path: ae.path })),
      ],
    ],
    [
      'AE-ID',
      aes
        .filter(({ ae }) => ae.stem.length > 1)
        .map(({ node, ae }) => ({ name: scopedStem(node, ae), owner: ae.name, path: ae.path })),
    ],
    [
      'resource name',
      aes.map(({ node, ae }) => ({
        name: `${registrarOf(node)}/${ae.resourceName}`,
        owner: ae.name,
        path: ae.path,
      })),
    ],
  ]
  return scopes.flatMap(([what, named]) => duplicates(what, named))
}

/** A C stem is unique at its registrar, an S stem within the service provider. */
function scopedStem(node: NetworkNode, ae: NetworkAe): string {
  return ae.stem.startsWith('S') ? `/${ae.stem}` : `/${registrarOf(node)}/${ae.stem}`
}

function registrarOf(node: NetworkNode): string {
  return node.cse === undefined ? (node.registrar ?? '') : node.name
}

function duplicates(what: string, named: readonly Named[]): readonly FoundProblem[] {
  const first = new Map<string, Named>()
  return named.flatMap((item): readonly FoundProblem[] => {
    const other = first.get(item.name)
    if (other === undefined) {
      first.set(item.name, item)
      return []
    }
    return [
      {
        path: item.path,
        part: 'name',
        message: `${what} \`${item.name}\` is used by \`${other.owner}\` and by \`${item.owner}\``,
        remedy: 'give one of them another name',
      },
    ]
  })
}
