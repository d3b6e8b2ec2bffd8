import { closest } from './closest.ts'
import { kinds, type Network, type NetworkNode } from './network.ts'
import type { FoundProblem } from './problem.ts'
import { isDamaged, type RuleInput } from './rules.ts'

/** Who may register where (TS-0001 6.4): every node has the registrar its kind needs, and no ring is closed. */
export function registrationProblems(input: RuleInput): readonly FoundProblem[] {
  const { network } = input
  const byName = new Map(network.nodes.map((node) => [node.name, node]))
  return [
    ...network.nodes.flatMap((node) => registrarProblem(node, byName, input) ?? []),
    ...loops(network, byName),
    ...secondInNodes(network),
    ...network.nodes.flatMap((node) => aeCountProblem(node) ?? []),
    ...Object.entries(input.file.nodes).flatMap(([name, entry]) =>
      entry.cse !== undefined && !kinds[entry.kind].hasCse
        ? [
            {
              path: ['nodes', name, 'cse'],
              part: 'name' as const,
              message: `\`${name}\` is of kind ${entry.kind}, which has no CSE`,
              remedy: 'remove `cse`, or give the node a kind with a CSE: asn, mn or in',
            },
          ]
        : [],
    ),
  ]
}

function registrarProblem(
  node: NetworkNode,
  byName: ReadonlyMap<string, NetworkNode>,
  input: RuleInput,
): FoundProblem | undefined {
  const allowed = kinds[node.kind].registrars
  const path = [...node.path, 'registrar']
  if (allowed.length === 0) {
    if (node.registrar === undefined) return undefined
    const message = `\`${node.name}\` is an IN and has the registrar \`${node.registrar}\``
    const remedy = 'remove `registrar`: within one service provider the IN-CSE registers nowhere'
    return { path, message, remedy }
  }
  if (node.registrar === undefined) {
    const remedy = `add \`registrar:\` with the name of a node of kind ${allowed.join(' or ')}`
    return { path, message: `\`${node.name}\` has no registrar`, remedy }
  }
  const registrar = byName.get(node.registrar)
  if (registrar === undefined) return unknownRegistrar(node, node.registrar, byName, input)
  if (registrar.name === node.name || allowed.includes(registrar.kind)) return undefined
  return {
    path,
    message: `\`${node.name}\` (${node.kind}) registers with \`${registrar.name}\`, which is ${article(registrar.kind)}`,
    remedy: `${article(node.kind)} registers with a node of kind ${allowed.join(' or ')}`,
  }
}

function unknownRegistrar(
  node: NetworkNode,
  named: string,
  byName: ReadonlyMap<string, NetworkNode>,
  { file, damaged }: RuleInput,
): FoundProblem | undefined {
  if (isDamaged(named, damaged)) return undefined
  const path = [...node.path, 'registrar']
  if (Object.hasOwn(file.nodes, named)) {
    return {
      path,
      message: `\`registrar: ${named}\` could be any of ${file.nodes[named]?.repeat} nodes`,
      remedy: `name one of them (\`${named}1\`), or add \`per: ${named}\` to have as many for each of them`,
    }
  }
  const near = closest(named, [...byName.keys()])
  return {
    path,
    message: `\`${node.name}\` registers with \`${named}\`, which is not in the file${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    remedy: `name a node of kind ${kinds[node.kind].registrars.join(' or ')}, or add \`${named}\``,
  }
}

/** One problem per ring, at its first node in the file. */
function loops(
  network: Network,
  byName: ReadonlyMap<string, NetworkNode>,
): readonly FoundProblem[] {
  const done = new Set<string>()
  const problems: FoundProblem[] = []
  for (const start of network.nodes) {
    const walked: string[] = []
    let node: NetworkNode | undefined = start
    while (node !== undefined && !done.has(node.name) && !walked.includes(node.name)) {
      walked.push(node.name)
      node = node.registrar === undefined ? undefined : byName.get(node.registrar)
    }
    if (node !== undefined && walked.includes(node.name)) {
      const ring = walked.slice(walked.indexOf(node.name))
      problems.push({
        path: [...(byName.get(ring[0] ?? '')?.path ?? []), 'registrar'],
        message: `registration loop: ${[...ring, ring[0]].join(' -> ')}`,
        remedy: 'let one of them register with a node outside the loop, in the end with the IN',
      })
    }
    for (const name of walked) done.add(name)
  }
  return problems
}

function secondInNodes(network: Network): readonly FoundProblem[] {
  const [first, ...more] = network.nodes.filter((node) => node.kind === 'in')
  return more.map((node) => ({
    path: node.path,
    part: 'name' as const,
    message: `\`${node.name}\` is a second IN beside \`${first?.name}\``,
    remedy: 'a service provider has exactly one IN: remove one, or make it a node of kind mn',
  }))
}

function aeCountProblem(node: NetworkNode): FoundProblem | undefined {
  if (node.aes.length >= kinds[node.kind].leastAes) return undefined
  return {
    path: [...node.path, 'aes'],
    part: 'name',
    message: `\`${node.name}\` (${node.kind}) has no AE`,
    remedy: 'leave `aes` out to get one of its own, or list at least one',
  }
}

function article(kind: string): string {
  return /^[aim]/.test(kind) ? `an ${kind.toUpperCase()}` : `a ${kind.toUpperCase()}`
}
