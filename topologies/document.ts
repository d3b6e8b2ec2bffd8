import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { FilePosition } from '../protocol/errors.ts'
import type { FieldPath, FoundProblem, TopologyProblem } from './problem.ts'

/** A topology file as data, with the way back from a field to its line. */
export interface TopologyDocument {
  readonly file: string
  readonly value: unknown
  /** Place of a field, or of the nearest field around it that is written in the file. */
  positionOf(path: FieldPath, part?: 'name' | 'value'): FilePosition
}

/** Larger files are refused unread. */
export const longestFile = 1_048_576

/** Reads YAML 1.2. A document comes back whenever there is something to go on with. */
export function readDocument(
  text: string,
  file: string,
): { readonly document?: TopologyDocument; readonly problems: readonly TopologyProblem[] } {
  if (text.length > longestFile) {
    return { problems: [wholeFile(file, `is longer than ${longestFile} characters`)] }
  }
  const lines = new LineCounter()
  try {
    const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const at = (offset: number): FilePosition => {
      const { line, col } = lines.linePos(offset)
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
    }
    const problems = parsed.errors.map((error) => syntaxProblem(error, text, at))
    if (parsed.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return { problems }
    const root = parsed.contents
    const document = {
      file,
      value: parsed.toJS({ maxAliasCount: 100 }) as unknown,
      positionOf: (path: FieldPath, part: 'name' | 'value' = 'value') =>
        at(offsetOf(root, path, part)),
    }
    return { document, problems }
  } catch (error) {
    // The parser gives up on nesting deeper than the stack and on alias bombs.
    const because = error instanceof Error ? error.message : String(error)
    return { problems: [wholeFile(file, `cannot be read as YAML: ${because}`)] }
  }
}

/** A found problem with its line and column. */
export function located(document: TopologyDocument, found: FoundProblem): TopologyProblem {
  const { path, part, message, remedy } = found
  return { position: document.positionOf(path, part), message, remedy }
}

function wholeFile(file: string, message: string): TopologyProblem {
  return {
    position: { file, line: 1, column: 1 },
    message: `the file ${message}`,
    remedy: 'give a topology file as described in docs/write-a-topology.md',
  }
}

function syntaxProblem(
  error: YAMLError,
  text: string,
  at: (offset: number) => FilePosition,
): TopologyProblem {
  const position = at(error.pos[0])
  if (error.code !== 'DUPLICATE_KEY') {
    return {
      position,
      message: `not valid YAML: ${error.message}`,
      remedy: 'check indentation, quotes and brackets around this place',
    }
  }
  const name = /^[^\s:,}]{1,60}/.exec(text.slice(error.pos[0]))?.[0] ?? ''
  return {
    position,
    message: `the name \`${name}\` is used twice`,
    remedy: 'names are unique within their list: rename or remove one of the two',
  }
}

function offsetOf(root: Node | null, path: FieldPath, part: 'name' | 'value'): number {
  let node: Node | null = root
  let offset = node?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    const child: { readonly name?: Node; readonly value: Node | null } | undefined = childOf(
      node,
      step,
    )
    if (child === undefined) return offset
    const nameOffset = child.name?.range?.[0] ?? offset
    offset = last && part === 'name' ? nameOffset : (child.value?.range?.[0] ?? nameOffset)
    // A block map or list begins on the line after its name; the name is the better place to point to.
    if (last && !isScalar(child.value) && child.name !== undefined) offset = nameOffset
    node = child.value
  }
  return offset
}

function childOf(
  node: Node | null,
  step: string | number,
): { readonly name?: Node; readonly value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return isNode(item) ? { value: item } : undefined
  }
  if (!isMap(node) || isAlias(node)) return undefined
  const pair = node.items.find((item: Pair) => nameOf(item.key) === String(step))
  if (pair === undefined) return undefined
  const name = isNode(pair.key) ? { name: pair.key } : {}
  return { ...name, value: isNode(pair.value) ? pair.value : null }
}

function nameOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key)
}
