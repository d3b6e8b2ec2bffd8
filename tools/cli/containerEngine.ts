import { existsSync } from 'node:fs'
import { BenchError } from '../../protocol/errors.ts'
import { connectEngine, isAbsent } from '../engine/connect.ts'
import { startDaemon } from '../engine/daemon.ts'
import type { Engine } from '../engine/engine.ts'
import { benchFolder } from './benchVersion.ts'
import type { Terminal } from './command.ts'
import { installPackages } from './installPackages.ts'

/** The container engine of this machine, for `./bench doctor`. */
export interface EngineState {
  readonly engine?: Engine
  /** Why there is none, and what to do. */
  readonly problem?: BenchError
}

export const enginePurpose = 'nodes in containers (--runtime docker, swarm)'
/** iptables: Docker cannot make networks without it, and Debian only recommends it. */
export const enginePackages: readonly string[] = ['docker.io', 'iptables']

const daemonPrograms = ['/usr/sbin/dockerd', '/usr/bin/dockerd', '/usr/local/bin/dockerd']

export async function inspectEngine(): Promise<EngineState> {
  try {
    return { engine: await connectEngine() }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    if (!isAbsent(error)) return { problem: error }
    const because = isInstalled()
      ? 'Docker is installed, but its daemon does not run'
      : `neither Docker nor Podman runs here, and the package ${enginePackages[0]} is not installed`
    const { remedy } = error
    return {
      problem: new BenchError(error.code, because, { ...(remedy && { remedy }), cause: error }),
    }
  }
}

/** An engine that answers: the one there is, or else one installed and started here. @throws BenchError CAPABILITY_MISSING, TIMED_OUT */
export async function fixEngine(terminal: Terminal): Promise<Engine> {
  const { engine, problem } = await inspectEngine()
  if (engine !== undefined) return engine
  // An engine that refuses, or one that somebody named, is not ours to replace.
  if (problem !== undefined && (!isAbsent(problem.cause) || isNamed())) throw problem
  if (!isInstalled()) installPackages(enginePackages, terminal)
  terminal.note('bench: starting Docker')
  return startDaemon({ benchFolder, signal: terminal.signal })
}

function isInstalled(): boolean {
  return daemonPrograms.some((path) => existsSync(path))
}

function isNamed(): boolean {
  return Boolean(process.env.DOCKER_HOST || process.env.CONTAINER_HOST)
}
