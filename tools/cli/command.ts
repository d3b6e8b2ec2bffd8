import { type ParseArgsConfig, parseArgs } from 'node:util'
import { BenchError } from '../../protocol/errors.ts'

/** Exit codes are part of the interface (docs/command-line.md); each has a test. */
export const exitCode = {
  passed: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  nothingExecuted: 4,
  incapable: 5,
  interrupted: 130,
} as const

/** One command of the command line. */
export interface Command {
  /** What follows the command's name, e.g. `FILE [--json]`. */
  readonly usage: string
  /** One line per option, and what a reader needs beyond it. */
  readonly help: string
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/** The outside world of a command: what it prints to, and the signal that ends it. */
export interface Terminal {
  /** A finished line on standard output: results. */
  out(line: string): void
  /** A finished line on standard error: progress, advice. */
  note(line: string): void
  /** A line that the next one may overwrite on a terminal; an ordinary line elsewhere is not printed. */
  status(line: string): void
  /** Aborted on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
}

export type OptionTable = NonNullable<ParseArgsConfig['options']>

type Parsed<O extends OptionTable> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true; args: string[] }>
>

/** Parses the words behind a command; anything unknown is a USAGE error that shows how it should look. */
export function parseOptions<O extends OptionTable>(
  command: string,
  usage: string,
  args: readonly string[],
  options: O,
  positionals: { min: number; max: number },
): { values: Parsed<O>['values']; positionals: string[] } {
  let parsed: Parsed<O>
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new BenchError(
      'USAGE',
      error instanceof Error ? firstSentence(error.message) : String(error),
      {
        remedy: `usage: ./bench ${command} ${usage}`,
      },
    )
  }
  const words = parsed.positionals
  if (words.length < positionals.min || words.length > positionals.max) {
    const wanted =
      words.length < positionals.min
        ? 'too few words'
        : `unexpected ${words.slice(positionals.max).join(' ')}`
    throw new BenchError('USAGE', `${command}: ${wanted}`, {
      remedy: `usage: ./bench ${command} ${usage}`,
    })
  }
  return { values: parsed.values, positionals: words }
}

/** Node's own advice about `--` confuses more than it helps here. */
function firstSentence(message: string): string {
  const ambiguous = /^Option '(--[a-z-]+)' argument is ambiguous/.exec(message)?.[1]
  if (ambiguous !== undefined)
    return `${ambiguous} is not followed by its value (one that starts with a dash is written ${ambiguous}=-…)`
  return message.split(/\.\s/)[0] ?? message
}

/** A whole number within bounds, or a USAGE error that names option and value. */
export function wholeNumber(
  option: string,
  text: string,
  bounds: { min: number; max: number },
): number {
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || value < bounds.min || value > bounds.max)
    throw new BenchError(
      'USAGE',
      `--${option} ${text} is not a whole number from ${bounds.min} to ${bounds.max}`,
      {
        remedy: `give --${option} a number in that range`,
      },
    )
  return value
}
