import { isBuiltin } from 'node:module'
import { type Finding, lineAt, type SourceFile } from './finding.ts'
import { type ImportOf, importsOf } from './importsOf.ts'
import { type ImportRow, importTable } from './importTable.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Imports, static and dynamic, against the table; and what pure code must not touch. */
export function checkImports(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter(({ path }) => path.endsWith('.ts')).flatMap(checkFile)
}

function checkFile(file: SourceFile): readonly Finding[] {
  const row = importTable.find(({ files }) => files.test(file.path))
  if (row === undefined) {
    return [
      {
        file: file.path,
        line: 1,
        message: 'this file lies in no folder of the architecture',
        remedy: 'move it into one of the folders, or add a row to tools/checks/importTable.ts',
      },
    ]
  }
  const imports = importsOf(file).flatMap((imported) => {
    const refused = refusal(imported, row)
    if (refused === undefined) return []
    const line = lineAt(file.text, imported.offset)
    return [{ file: file.path, line, ...refused }]
  })
  return row.isPure === true ? [...imports, ...checkPurity(file, row)] : imports
}

function refusal(
  imported: ImportOf,
  row: ImportRow,
): { readonly message: string; readonly remedy: string } | undefined {
  const { specifier, target } = imported
  if (specifier === undefined) {
    if (row.builtins === 'all' && row.from.includes('')) return undefined
    return {
      message: 'it is not written here what is imported',
      remedy: 'import a plain string, so that this check can read it',
    }
  }
  if (target !== undefined) {
    const isAllowed =
      row.from.some((start) => target.startsWith(start)) ||
      (imported.isTypeOnly && (row.typesFrom ?? []).includes(target))
    if (isAllowed) return undefined
    const allowed = [...row.from, ...(row.typesFrom ?? []).map((name) => `types of ${name}`)]
    return {
      message: `imports ${target}: ${row.because}`,
      remedy: `import from ${allowed.join(', ')} only, or move the code`,
    }
  }
  return isBuiltin(specifier) ? builtinRefusal(specifier, row) : packageRefusal(specifier, row)
}

function builtinRefusal(
  specifier: string,
  row: ImportRow,
): { readonly message: string; readonly remedy: string } | undefined {
  const name = specifier.replace(/^node:/, '')
  if (row.builtins === 'all' || row.builtins.includes(name)) return undefined
  return {
    message: `imports ${specifier}: ${row.because}`,
    remedy: 'take what is needed as an argument instead',
  }
}

function packageRefusal(
  specifier: string,
  row: ImportRow,
): { readonly message: string; readonly remedy: string } | undefined {
  const parts = specifier.split('/')
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  if (row.packages === 'all' || row.packages.includes(name)) return undefined
  const allowed = row.packages.length === 0 ? 'no package' : row.packages.join(', ')
  return {
    message: `imports the package ${name}: ${row.because}`,
    remedy: `this folder uses ${allowed}`,
  }
}

/** Names that reach a clock, chance, the process, a timer or the network without any import. */
const effects: readonly { readonly words: readonly string[]; readonly what: string }[] = [
  { words: ['process'], what: 'the process' },
  { words: ['Date', '.', 'now'], what: 'a clock' },
  { words: ['performance'], what: 'a clock' },
  { words: ['new', 'Date', '(', ')'], what: 'a clock' },
  { words: ['Math', '.', 'random'], what: 'chance' },
  { words: ['crypto', '.'], what: 'chance' },
  { words: ['setTimeout'], what: 'a timer' },
  { words: ['setInterval'], what: 'a timer' },
  { words: ['setImmediate'], what: 'a timer' },
  { words: ['fetch', '('], what: 'the network' },
  { words: ['WebSocket', '('], what: 'the network' },
]

function checkPurity(file: SourceFile, row: ImportRow): readonly Finding[] {
  const tokens = tokensOf(file.text)
  return tokens.flatMap((token, index): readonly Finding[] => {
    const effect = effects.find(({ words }) => beginsWith(tokens, index, words))
    if (effect === undefined) return []
    return [
      {
        file: file.path,
        line: lineAt(file.text, token.offset),
        message: `\`${effect.words.join('')}\` reaches ${effect.what}: ${row.because}`,
        remedy: 'take it as an argument instead',
      },
    ]
  })
}

function beginsWith(tokens: readonly Token[], index: number, words: readonly string[]): boolean {
  const before = tokens[index - 1]?.text
  const after = tokens[index + words.length]?.text
  // A field or method that happens to have the name is no effect; nor is a field being declared.
  if (before === '.' || before === 'function' || (words.length === 1 && after === ':')) return false
  return words.every((word, step) => {
    const token = tokens[index + step]
    return token?.text === word && (token.kind === 'word' || token.kind === 'punctuation')
  })
}
