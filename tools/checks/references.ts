import { type Finding, lineAt, type SourceFile } from './finding.ts'

/** Specifications that may be named, oneM2M and otherwise. */
const knownSpecifications = new Set(
  [1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 22, 32].map(
    (number) => `TS-${String(number).padStart(4, '0')}`,
  ),
)

/** Anything that looks as if it named a specification. */
const reference =
  /\b(?:(?:TS|TR)[- ]?\d{2,4}(?![\d.])|RFC[- ]?\d{2,5})(?:[ ,]*(?:§|clause|section|sec\.)+ ?[\d.]*)?/gi
/** How they are written here: `TS-0003 8.2.2.1`, `RFC 5246 7.4.1.3`; the clause follows the number directly. */
const wellFormed = /^(?:TS-\d{4}|RFC \d{3,5})$/
const loneSection = /§ ?\d/g

/** Clause references are written one way, so that they can be searched for, and name a specification that exists. */
export function checkReferences(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter(({ path }) => /\.(ts|md|yaml)$/.test(path)).flatMap(checkFile)
}

const remedy = 'write e.g. `TS-0003 8.2.2.1` or `RFC 5246 7.4.1.3`'

function checkFile({ path, text }: SourceFile): readonly Finding[] {
  const named = [...text.matchAll(reference)].flatMap((match): readonly Finding[] => {
    const line = lineAt(text, match.index)
    const written = match[0]
    if (!wellFormed.test(written)) {
      return [
        { file: path, line, message: `\`${written}\` is not a reference as written here`, remedy },
      ]
    }
    if (written.startsWith('RFC') || knownSpecifications.has(written)) return []
    return [
      {
        file: path,
        line,
        message: `\`${written}\` is no specification this project knows`,
        remedy: 'correct the number, or add it to tools/checks/references.ts',
      },
    ]
  })
  const sections = [...text.matchAll(loneSection)].map((match) => ({
    file: path,
    line: lineAt(text, match.index),
    message: `\`${match[0]}\` does not say of which specification`,
    remedy,
  }))
  return [...named, ...sections]
}
