import { BenchError } from '../../protocol/errors.ts'
import { exitCode, type Terminal } from './command.ts'
import { commandNamed, commandNames } from './commands.ts'
import { describeError, exitCodeOfError } from './failure.ts'
import { closeRuntimes } from './run/runtimes.ts'
import { openTerminal } from './terminal.ts'

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words
  const terminal = openTerminal()
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h')
      return await help(rest[0], terminal)
    if (name === '--version') return await version(terminal)
    const command = commandNamed(name)
    if (rest.includes('--help') || rest.includes('-h')) return await printHelp(name, terminal)
    return await (await command.load()).run(rest, terminal)
  } catch (error) {
    if (terminal.signal.aborted && !saysMore(error)) {
      terminal.note('bench: interrupted; everything that was started is stopped')
      return exitCode.interrupted
    }
    for (const line of describeError(error)) terminal.note(line)
    return exitCodeOfError(error)
  } finally {
    await closeRuntimes()
    terminal.close()
  }
}

/** What an interruption does not explain, and whoever interrupted has to know. */
function saysMore(error: unknown): boolean {
  return error instanceof BenchError && (error.fault === 'bench' || error.code === 'DISK_FULL')
}

async function help(topic: string | undefined, terminal: Terminal): Promise<number> {
  if (topic !== undefined) return printHelp(topic, terminal)
  terminal.out(
    'onem2m-bench: networks of oneM2M nodes, and proof from recordings that their security holds',
  )
  terminal.out('')
  terminal.out('usage: ./bench COMMAND [WORDS]      ./bench help COMMAND says more')
  terminal.out('')
  for (const name of commandNames) terminal.out(`  ${name.padEnd(9)} ${commandNamed(name).summary}`)
  terminal.out('')
  terminal.out(
    'exit codes: 0 passed, 1 a fail, 2 usage or input error, 3 inconclusive or error, 4 nothing ran,',
  )
  terminal.out(
    '            5 this machine lacks something (./bench doctor), 130 interrupted and cleaned up',
  )
  return exitCode.passed
}

async function printHelp(name: string, terminal: Terminal): Promise<number> {
  const { summary, load } = commandNamed(name)
  const command = await load()
  terminal.out(`./bench ${name} ${command.usage}`.trimEnd())
  terminal.out(`  ${summary}`)
  if (command.help !== '') terminal.out(`\n${command.help}`)
  return exitCode.passed
}

async function version(terminal: Terminal): Promise<number> {
  const { benchVersion } = await import('./benchVersion.ts')
  const { version: number, commit } = benchVersion()
  terminal.out(
    `onem2m-bench ${number} (${commit}), Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
  )
  return exitCode.passed
}

process.exitCode = await main(process.argv.slice(2))
