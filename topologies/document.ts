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
export const longestFile = 262_144

/** Reads YAML 1.2. A document comes back whenever there is something to go on with; `page` describes what it should be. */
export function readDocument(
  text: string,
  file: string,
  page = 'docs/write-a-topology.md',
): { readonly document?: TopologyDocument; readonly problems: readonly TopologyProblem[] } {
  if (text.length > longestFile) {
    return { problems: [wholeFile(file, `is longer than ${longestFile} characters`, page)] }
  }
  if (isTooDeep(text)) {
    return { problems: [wholeFile(file, `is nested deeper than ${deepestNesting} levels`, page)] }
  }
  const lines = new LineCounter()
  try {
    const parsed = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Its own check compares every name with every other one.
      uniqueKeys: false,
    })
    const at = (offset: number): FilePosition => {
      const { line, col } = lines.linePos(offset)
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
    }
    if (parsed.errors.length > 0) {
      return { problems: parsed.errors.slice(0, 20).map((error) => syntaxProblem(error, at)) }
    }
    const root = parsed.contents
    const problems = repeatedNames(root).map((name) => repeatedName(name, at))
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
    return { problems: [wholeFile(file, `cannot be read as YAML: ${because}`, page)] }
  }
}

/** A topology needs six levels; what is nested far deeper is not parsed at all. */
const deepestNesting = 100

/** Judged from the characters alone, so that the parser never sees what would exhaust its stack. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > deepestNesting) return true
  }
  return deepIndentation.test(text) || manyIndicators.test(text)
}

const deepIndentation = new RegExp(`^ {${2 * deepestNesting},}[^ \\n]`, 'm')
/** `- - -`: each opens a list within the one before. */
const manyIndicators = new RegExp(`(?:[-?:][ \\t]+){${deepestNesting}}`)

/** A found problem with its line and column. */
export function located(document: TopologyDocument, found: FoundProblem): TopologyProblem {
  const { path, part, message, remedy } = found
  return { position: document.positionOf(path, part), message, remedy }
}

function wholeFile(file: string, message: string, page: string): TopologyProblem {
  return {
    position: { file, line: 1, column: 1 },
    message: `the file ${message}`,
    remedy: `give a file as described in ${page}`,
  }
}

function syntaxProblem(error: YAMLError, at: (offset: number) => FilePosition): TopologyProblem {
  return {
    position: at(error.pos[0]),
    message: `not valid YAML: ${error.message}`,
    remedy: 'check indentation, quotes and brackets around this place',
  }
}

function repeatedName(name: Node, at: (offset: number) => FilePosition): TopologyProblem {
  return {
    position: at(name.range?.[0] ?? 0),
    message: `the name \`${nameOf(name).slice(0, 60)}\` is used twice`,
    remedy: 'names are unique within their list: rename or remove one of the two',
  }
}

/** Every name that its map has already seen. */
function repeatedNames(root: Node | null): readonly Node[] {
  const repeated: Node[] = []
  const waiting: unknown[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isSeq(node)) waiting.push(...node.items.filter(isNode))
    if (!isMap(node)) continue
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      if (isNode(key) && seen.has(nameOf(key))) repeated.push(key)
      seen.add(nameOf(key))
      if (isNode(value)) waiting.push(value)
    }
  }
  return repeated
}

function offsetOf(root: Node | null, path: FieldPath, part: 'name' | 'value'): number {
  let node: Node | null = root
  let nameOffset = node?.range?.[0] ?? 0
  let valueOffset = nameOffset
  for (const [depth, step] of path.entries()) {
    const child: Child | undefined = childOf(node, step)
    // What is missing is missing in the field around it: point to that one's name.
    if (child === undefined) return nameOffset
    valueOffset = child.value?.range?.[0] ?? child.name?.range?.[0] ?? valueOffset
    nameOffset = child.name?.range?.[0] ?? valueOffset
    if (depth === path.length - 1 && part === 'name') return nameOffset
    node = child.value
  }
  // A block map or list begins on the line after its name; the name is the better place to point to.
  return path.length === 0 || isScalar(node) ? valueOffset : nameOffset
}

interface Child {
  readonly name?: Node
  readonly value: Node | null
}

function childOf(node: Node | null, step: string | number): Child | undefined {
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
