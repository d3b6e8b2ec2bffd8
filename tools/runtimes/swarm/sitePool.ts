import type { Plan } from '../../../topologies/plan.ts'
import type { Placement } from './placement.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'

/** Sites that were given back: what a plan needs of a swarm is slow to make and is the same for most purposes. */
export interface SitePool extends AsyncDisposable {
  take(options: SiteOptions): Promise<Site>
  /** To be used again, unless something of it is lost. */
  giveBack(site: Site): Promise<void>
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
  return {
    async take(options) {
      const shape = shapeOf(options)
      const at = idle.findIndex((site) => shapes.get(site) === shape && !site.isLost)
      const [site = await openSite(options)] = at < 0 ? [] : idle.splice(at, 1)
      shapes.set(site, shape)
      return site
    },
    async giveBack(site) {
      if (!site.isLost) idle.push(site)
      const surplus = idle.length > mostIdle ? idle.splice(0, idle.length - mostIdle) : []
      const lost = site.isLost ? [site] : []
      await Promise.all([...surplus, ...lost].map((one) => one[Symbol.asyncDispose]()))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(idle.splice(0).map((site) => site[Symbol.asyncDispose]()))
    },
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
