/** A node as a program of its own: `main.ts CONFIG.json` (docs/bring-your-own-node.md). */
import { openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { BenchError } from '../protocol/errors.ts'
import { parseConfiguration } from './configuration/parse.ts'
import type { KeyLogLine, NodeEnvironment, NodeEvent, StreamReply } from './contract.ts'
import { startNode } from './startNode.ts'
import { openStreamControl } from './streamControl.ts'

/** Exit codes of the contract; anything unforeseen is 1. */
const exitCodes: Readonly<Record<string, number>> = {
  NODE_CONFIGURATION_INVALID: 2,
  FILE_UNREADABLE: 2,
  USAGE: 2,
  UNSUPPORTED: 127,
}

async function main(arguments_: readonly string[]): Promise<void> {
  const [file, ...more] = arguments_
  if (file === undefined || more.length > 0) {
    throw new BenchError('USAGE', 'usage: main.ts CONFIG.json')
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BenchError('FILE_UNREADABLE', `${file} cannot be read`, { cause })
  })
  const configuration = parseConfiguration(text)
  const keyLogFile =
    configuration.keyLogFile === undefined
      ? undefined
      : openSync(configuration.keyLogFile, 'a', 0o600)
  // Nobody listens any more: whoever started the node is gone.
  process.stdout.on('error', () => process.exit(1))
  let ended = () => {}
  const end = new Promise<void>((resolve) => {
    ended = resolve
  })
  const say = (line: NodeEvent | StreamReply | KeyLogLine) => {
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  const environment: NodeEnvironment = {
    emit: (event: NodeEvent) => {
      say(event)
      if (event.event === 'stopped') ended()
    },
    // Written at once: a recording needs the secret before the records it opens.
    keyLog: (line) => {
      if (keyLogFile !== undefined) writeSync(keyLogFile, `${line}\n`)
      if (configuration.keyLogToStream === true) say({ event: 'key-log', line })
    },
    now: Date.now,
  }
  const node = await startNode(configuration, environment)
  const { control } = configuration
  if (control !== undefined && 'streams' in control) {
    openStreamControl({
      input: process.stdin,
      carryOut: (command) => node.control(command),
      reply: say,
      onEnd: () => void node.stop(),
    })
    // A command stream that stays open is no reason to go on.
    void end.then(() => process.stdin.destroy())
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => node.stop())
  await end
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const known = error instanceof BenchError ? error : undefined
  process.stderr.write(`${known?.message ?? String(error)}\n`)
  if (known?.remedy) process.stderr.write(`${known.remedy}\n`)
  process.exitCode = exitCodes[known?.code ?? ''] ?? 1
})
