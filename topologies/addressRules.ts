import type { FieldPath, FoundProblem } from './problem.ts'
import type { RuleInput } from './rules.ts'

/** Addresses chosen in the file are IPv4 addresses of one node each; ports belong to CSEs. */
export function addressProblems({ file, network }: RuleInput): readonly FoundProblem[] {
  const problems: FoundProblem[] = []
  const owners = new Map<string, string>()
  for (const node of network.nodes) {
    if (node.address === undefined) continue
    const path: FieldPath = [...node.path, 'address']
    const owner = owners.get(node.address)
    if (!isIpv4(node.address)) {
      problems.push({
        path,
        message: `\`address: ${node.address}\` is not an IPv4 address`,
        remedy: 'give four numbers from 0 to 255, e.g. 127.0.0.1, or leave it out',
      })
    } else if (owner !== undefined) {
      problems.push({
        path,
        message: `\`${owner}\` and \`${node.name}\` both have the address ${node.address}`,
        remedy: 'every node has an address of its own: change one, or leave it out',
      })
    }
    owners.set(node.address, node.name)
  }
  for (const [name, entry] of Object.entries(file.nodes)) {
    if (entry.port === undefined || entry.kind === 'asn' || entry.kind === 'mn') continue
    if (entry.kind === 'in') continue
    problems.push({
      path: ['nodes', name, 'port'],
      message: `\`${name}\` (${entry.kind}) has a port and no CSE that could listen on it`,
      remedy: 'remove `port`: the planner gives request reachable AEs theirs',
    })
  }
  return problems
}

export function isIpv4(text: string): boolean {
  return /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/.test(text)
}
