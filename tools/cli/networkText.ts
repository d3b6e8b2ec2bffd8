import type { Plan, PlannedLink, PlannedNode } from '../../topologies/plan.ts'
import { keyFile } from '../credentials/mint.ts'

/**
 * What somebody needs to play with a running network by hand: where each CSE is reached, as whom, and with which
 * credential. Keys are named by their files, never printed.
 */
export function describeNetwork(plan: Plan, keyFolder: string): string[] {
  return [
    ...plan.nodes.flatMap((node) => describeCse(plan, node)),
    ...plan.links.flatMap((link) => describeLink(plan, link, keyFolder)),
  ]
}

function describeCse(plan: Plan, node: PlannedNode): string[] {
  const { cse } = node
  if (cse === undefined) return []
  const lines = [
    `${node.name} (${node.kind}): CSE-ID ${cse.cseId}, CSEBase ${cse.name}, provider ${plan.spId}`,
  ]
  if (cse.adminOriginator !== undefined)
    lines.push(`  administrator originator: ${cse.adminOriginator}`)
  // Without a link nothing leads there but its own address.
  if (!plan.links.some((link) => link.registrar.node === node.name)) {
    const url = `http://${node.address}:${cse.port}`
    const origin = cse.adminOriginator ?? 'CAdmin'
    lines.push(
      `  at ${url}`,
      `  try: curl -s -H 'X-M2M-Origin: ${origin}' -H 'X-M2M-RI: 1' -H 'X-M2M-RVI: 3' ${url}/${cse.name}`,
    )
  }
  return lines
}

function describeLink(plan: Plan, link: PlannedLink, keyFolder: string): string[] {
  const { address, port } = link.toRegistrar.listen
  const scheme = link.security === null ? 'http' : 'https'
  const head = `${link.wire} (${link.referencePoint}): ${link.registree.node} reaches ${link.registrar.node} at ${scheme}://${address}:${port}`
  const credentials = plan.credentials.filter((credential) => credential.wire === link.wire)
  return [
    head,
    ...credentials.flatMap(({ id, entityA }) => [
      `  as ${entityA}: PSK identity ${id}`,
      `  try: openssl s_client -connect ${address}:${port} -tls1_2 -cipher PSK-AES128-CBC-SHA256 -psk_identity '${id}' -psk "$(cat ${keyFile(keyFolder, id)})"`,
    ]),
  ]
}
