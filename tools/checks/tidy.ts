import { type Finding, lineAt, type SourceFile } from './finding.ts'
import { type Token, tokensOf } from './tokens.ts'

const mostLines = 400
const longestLine = 140

/** Size, left-overs and shortcuts. Functions are bounded by the linter (biome.json). */
export function checkTidiness(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap((file) => [
    ...checkText(file),
    ...(file.path.endsWith('.ts') ? [...checkSize(file), ...checkTokens(file)] : []),
  ])
}

function checkSize(file: SourceFile): readonly Finding[] {
  const lines = file.text.split('\n')
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length
  const tooLong = withoutTexts(file.text)
    .split('\n')
    .flatMap((line, index): readonly Finding[] => {
      if (line.length <= longestLine) return []
      const message = `${line.length} columns without texts, at most ${longestLine}`
      const remedy = 'break the line, or shorten the comment'
      return [{ file: file.path, line: index + 1, message, remedy }]
    })
  if (count <= mostLines) return tooLong
  const message = `${count} lines, at most ${mostLines}`
  const remedy = 'split the file: one concept per file'
  return [{ file: file.path, line: mostLines + 1, message, remedy }, ...tooLong]
}

/** The source without what stands in strings and templates, which no formatter can break; line ends stay. */
function withoutTexts(source: string): string {
  let kept = ''
  let at = 0
  for (const { kind, text, offset } of tokensOf(source)) {
    if (kind !== 'string' && kind !== 'template') continue
    kept += source.slice(at, offset) + text.replaceAll(/[^\n]/g, '')
    at = offset + text.length
  }
  return kept + source.slice(at)
}

interface TextRule {
  /** Global: every place is reported. */
  readonly found: RegExp
  readonly message: string
  readonly remedy: string
}

/** What must not stand anywhere, comments included. The words are put together here so that they do not find themselves. */
const textRules: readonly TextRule[] = [
  {
    found: new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`, 'g'),
    message: 'a note to come back later',
    remedy: 'do it now, or open an issue and say nothing here',
  },
  {
    found: new RegExp(
      ['@ts-ig' + 'nore', '@ts-expect-' + 'error', '@ts-no' + 'check'].join('|'),
      'g',
    ),
    message: 'the type check is switched off here',
    remedy: 'give the value its type',
  },
  {
    found: /(?<![\w.~-])\/(?:work|root|home)\/[\w.-]+/g,
    message: 'a path of one machine',
    remedy: 'write the path from the top of the project, or take it as an argument',
  },
]

function checkText(file: SourceFile): readonly Finding[] {
  return textRules.flatMap(({ found, message, remedy }) =>
    [...file.text.matchAll(found)].map((match) => ({
      file: file.path,
      line: lineAt(file.text, match.index),
      message: `${message}: ${match[0]}`,
      remedy,
    })),
  )
}

interface TokenRule {
  readonly words: readonly string[]
  /** Files it holds for; default all. */
  readonly files?: RegExp
  readonly except?: readonly string[]
  readonly message: string
  readonly remedy: string
}

const tests = /^(test\/|suites\/)/
const specs = /^suites\/.*\.spec\.ts$/

/** The end of a process that is not a child has no event to wait for. */
const bounded = ['tools/cli/commands/down.ts']

const tokenRules: readonly TokenRule[] = [
  {
    words: ['as', 'any'],
    message: '`as any` switches the type check off',
    remedy: 'parse the value into its type',
  },
  ...['describe', 'it', 'suite', 'test', 'context'].flatMap((word): readonly TokenRule[] => [
    {
      words: [word, '.', 'only'],
      files: tests,
      message: `\`${word}.only\` leaves out every other test`,
      remedy: 'remove `.only`',
    },
    {
      words: [word, '.', 'skip'],
      files: tests,
      message: `\`${word}.skip\` leaves this test out`,
      remedy: 'make it pass, or remove it',
    },
  ]),
  ...['resolve', 'done', 'r', 'ok', 'res'].map(
    (word): TokenRule => ({
      words: ['setTimeout', '(', word, ','],
      except: bounded,
      message: 'a fixed sleep',
      remedy: 'wait for the event, with a bound',
    }),
  ),
  {
    words: ['setTimeout'],
    files: specs,
    message: 'a timer in a purpose',
    remedy: 'the framework bounds every wait',
  },
]

function checkTokens(file: SourceFile): readonly Finding[] {
  const tokens = tokensOf(file.text)
  const rules = tokenRules.filter(
    ({ files, except = [] }) =>
      (files === undefined || files.test(file.path)) && !except.includes(file.path),
  )
  return tokens.flatMap((token, index): readonly Finding[] => {
    const at = { file: file.path, line: lineAt(file.text, token.offset) }
    if (token.kind === 'string' && /^(node:)?timers\/promises$/.test(token.text)) {
      const remedy = 'wait for the event, with a bound'
      return [{ ...at, message: 'a fixed sleep: timers/promises', remedy }]
    }
    const rule = rules.find(({ words }) => matches(tokens, index, words))
    return rule === undefined ? [] : [{ ...at, message: rule.message, remedy: rule.remedy }]
  })
}

function matches(tokens: readonly Token[], index: number, words: readonly string[]): boolean {
  if (tokens[index - 1]?.text === '.') return false
  return words.every((word, step) => {
    const token = tokens[index + step]
    return token?.text === word && (token.kind === 'word' || token.kind === 'punctuation')
  })
}
