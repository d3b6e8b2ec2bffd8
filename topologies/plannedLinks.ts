import type { AddressBook } from './addressBook.ts'
import { frameworkFor, frameworks } from './frameworks.ts'
import type { Network, NetworkLink, NetworkNode } from './network.ts'
import type { PlannedLink, PlannedSecurity } from './plan.ts'

/** Every link with its wire: the way to the registrar, and one way back per request reachable entity. */
export function planLinks(network: Network, book: AddressBook): readonly PlannedLink[] {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]))
  return network.links.flatMap((link) => {
    const registree = nodes.get(link.registree)
    return registree === undefined ? [] : [planLink(link, registree, book)]
  })
}

function planLink(link: NetworkLink, registree: NetworkNode, book: AddressBook): PlannedLink {
  const isMcc = link.referencePoint === 'Mcc'
  const back = isMcc
    ? [{ entity: registree.name, port: book.csePort(registree.name) }]
    : registree.aes
        .filter((ae) => ae.reachable)
        .map((ae) => ({ entity: ae.name, port: book.aePort(ae.name) }))
  return {
    wire: link.wire,
    referencePoint: link.referencePoint,
    registree: {
      node: registree.name,
      entities: isMcc ? [registree.name] : registree.aes.map((ae) => ae.name),
    },
    registrar: { node: link.registrar, entity: link.registrar },
    transport: 'tcp',
    binding: 'http',
    security: plannedSecurity(link),
    toRegistrar: {
      listen: book.towardsRegistrar(link),
      target: { address: book.nodeAddress(link.registrar), port: book.csePort(link.registrar) },
    },
    toRegistree: back.map(({ entity, port }, index) => ({
      entity,
      listen: book.towardsRegistree(link, index),
      target: { address: book.nodeAddress(registree.name), port },
    })),
    ...(link.impair === undefined ? {} : { impairment: link.impair }),
  }
}

function plannedSecurity(link: NetworkLink): PlannedSecurity | null {
  if (link.security === 'none') return null
  const row = frameworkFor(link.security.saef, link.binding) ?? frameworks[0]
  return { saef: 'psk', suites: link.security.suites ?? row?.defaultSuites ?? [] }
}
