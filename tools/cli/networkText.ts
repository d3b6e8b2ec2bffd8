import { cipherString } from '../../nodes/security/tlsSuites.ts'
import type { Plan, PlannedCredential, PlannedLink, PlannedNode } from '../../topologies/plan.ts'
import { keyFile } from '../credentials/mint.ts'
import type { ByHand } from '../runtimes/runtime.ts'

/**
 * What somebody needs to play with a running network by hand: where each CSE is reached, as whom, with which credential,
 * and a command for each that can be run as it stands. Keys are named by their files, never printed.
 */
export function describeNetwork(plan: Plan, keyFolder: string, byHand?: ByHand): string[] {
  const { prefix = '', lines = [] } = byHand ?? {}
  const described = [
    ...plan.nodes.flatMap((node) => describeCse(plan, node)),
    ...plan.links.flatMap((link) => describeLink(plan, link, keyFolder)),
  ]
  return [...lines, ...described.map((line) => line.replace(connecting, `${prefix}$1`))]
}

/** The program of a printed command that connects. */
const connecting = /(?<=: +|\| )(curl -s|openssl s_client)/

function describeCse(plan: Plan, node: PlannedNode): string[] {
  const { cse } = node
  if (cse === undefined) return []
  const head = `${node.name} (${node.kind}): CSE-ID ${cse.cseId}, CSEBase ${cse.name}, provider ${plan.spId}`
  const admin = cse.adminOriginator
  const ends = plan.links.flatMap(({ registree, registrar }) => [registree.node, registrar.node])
  return [
    head,
    ...(admin === undefined ? [] : [`  administrator originator: ${admin}`]),
    // Where a link leads to the CSE, it is reached through the wire, with the credential of the link.
    ...(ends.includes(node.name) ? [] : describeLoneCse(node.address, cse, admin)),
  ]
}

/** A CSE without links is plain, and open to whoever registers. */
function describeLoneCse(
  address: string,
  cse: { readonly name: string; readonly port: number },
  admin: string | undefined,
): string[] {
  const url = `http://${address}:${cse.port}`
  const register = `-H 'Content-Type: application/json;ty=2' -d '{"m2m:ae":{"api":"Nmy","rn":"my","rr":false,"srv":["3"]}}'`
  return [
    `  at ${url}`,
    ...(admin === undefined ? [] : [`  look:     ${curl(admin, `${url}/${cse.name}`)}`]),
    `  register: ${curl('Cmy', `${url}/${cse.name}`)} ${register}`,
  ]
}

function describeLink(plan: Plan, link: PlannedLink, keyFolder: string): string[] {
  const { address, port } = link.toRegistrar.listen
  const url = `${link.security === null ? 'http' : 'https'}://${address}:${port}`
  const { registree, registrar } = link
  const head = `${link.wire} (${link.referencePoint}): ${registree.node} reaches ${registrar.node} at ${url}`
  const base = plan.nodes.find(({ name }) => name === registrar.node)?.cse?.name ?? ''
  if (link.security === null) {
    const node = plan.nodes.find(({ name }) => name === registree.node)
    const aes = link.referencePoint === 'Mca' ? (node?.aes ?? []) : []
    return [
      head,
      ...aes.map(({ aeIdStem }) => `  as ${aeIdStem}: ${curl(aeIdStem, `${url}/${base}`)}`),
    ]
  }
  const cipher = cipherString(link.security.suites)
  const credentials = plan.credentials.filter((credential) => credential.wire === link.wire)
  return [
    head,
    ...credentials.flatMap((credential) => [
      `  as ${credential.entityA}: PSK identity ${credential.id}`,
      `  try: ${request(link, credential, base)} | openssl s_client -quiet -connect ${address}:${port} -tls1_2 -cipher ${cipher} -psk_identity '${credential.id}' -psk "$(cat '${keyFile(keyFolder, credential.id)}')"`,
    ]),
  ]
}

/** A retrieve of the registrar's CSEBase as HTTP, from the entity that the credential stands for. */
function request(link: PlannedLink, { entityA }: PlannedCredential, base: string): string {
  const relative = entityA.split('/').at(-1) ?? entityA
  const from = link.referencePoint === 'Mca' ? relative : `/${relative}`
  const headers = { Host: 'cse', 'X-M2M-Origin': from, 'X-M2M-RI': '1', 'X-M2M-RVI': '3' }
  const lines = Object.entries({ ...headers, Connection: 'close' })
  return `printf 'GET /${base} HTTP/1.1\\r\\n${lines.map((pair) => `${pair.join(': ')}\\r\\n`).join('')}\\r\\n'`
}

function curl(from: string, url: string): string {
  return `curl -s -H 'X-M2M-Origin: ${from}' -H 'X-M2M-RI: 1' -H 'X-M2M-RVI: 3' ${url}`
}
