import type { Figure } from './figure.ts'

/** Every group of figures by the name `./bench perf` takes; each is loaded only when it is measured. */
export const figureGroups: Readonly<Record<string, () => Promise<Figure[]>>> = {
  startup: async () => (await import('./startup.ts')).startupFigures(),
  topology: async () => (await import('./topologyFigures.ts')).topologyFigures(),
  handshakes: async () => (await import('./handshakes.ts')).handshakeFigures(),
  dtls: async () => (await import('./dtls.ts')).dtlsFigures(),
  http: async () => (await import('./httpLoad.ts')).httpLoadFigures(),
  dissection: async () => (await import('./dissection.ts')).dissectionFigures(),
  engine: async () => (await import('./engineFigures.ts')).engineFigures(),
  docker: async () => (await import('./dockerFigures.ts')).dockerFigures(),
  swarm: async () => (await import('./swarmFigures.ts')).swarmFigures(),
  load: async () => (await import('./loadFigures.ts')).loadFigures(),
  runs: async () => (await import('./runs.ts')).runFigures(),
}
