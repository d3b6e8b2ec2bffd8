import { BenchError } from '../../../protocol/errors.ts'
import type { Plan } from '../../../topologies/plan.ts'
import type { Placement } from './placement.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'

/** Sites that were given back: what a plan needs of a swarm is slow to make and is the same for most purposes. */
export interface SitePool extends AsyncDisposable {
  take(options: SiteOptions): Promise<Site>
  /** To be used again, unless something of it is lost. */
  giveBack(site: Site): void
}

/** A site that is idle keeps tasks on every machine: no more than this many wait. */
const mostIdle = 2

/**
 * A site has networks and containers and no program: every program of a purpose is ended, and its files and memory are gone,
 * before another purpose's is started.
 */
export function openSitePool(): SitePool {
  const shapes = new WeakMap<Site, string>()
  const idle: Site[] = []
  const removals: PromiseLike<void>[] = []
  // Nobody has to wait for it: a machine that is lost lets go of nothing for a while.
  const remove = (site: Site) => void removals.push(site[Symbol.asyncDispose]())
  return {
    async take(options) {
      const shape = shapeOf(options)
      const at = idle.findIndex((site) => shapes.get(site) === shape && !site.isLost)
      const [site = await openFresh(options)] = at < 0 ? [] : idle.splice(at, 1)
      shapes.set(site, shape)
      return site
    },
    giveBack(site) {
      if (site.isLost) remove(site)
      else idle.push(site)
      while (idle.length > mostIdle) idle.splice(0, 1).forEach(remove)
    },
    async [Symbol.asyncDispose]() {
      idle.splice(0).forEach(remove)
      await Promise.all(removals)
    },
  }
}

/** Machines hold the addresses of a network for a while after it was removed: then another block is tried, once. */
async function openFresh(options: SiteOptions): Promise<Site> {
  try {
    return await openSite(options)
  } catch (error) {
    if (!(error instanceof BenchError) || error.code !== 'ADDRESS_IN_USE') throw error
    options.progress(`${error.message}; trying other addresses`)
    return await openSite(options)
  }
}

/** Which nodes are where, who has a wire to whom, in which image: what makes one site as good as another. */
function shapeOf({ plan, placement, image }: SiteOptions): string {
  const nodes = plan.nodes.map(({ name }) => [name, placement.nodes.get(name)?.id])
  return JSON.stringify([image.id, nodes, linksOf(plan, placement)])
}

function linksOf({ links }: Plan, { wires }: Placement): readonly unknown[] {
  return links.map((link) => [
    link.wire,
    link.registree.node,
    link.registrar.node,
    wires.get(link.wire)?.id,
    link.toRegistree.length,
  ])
}
