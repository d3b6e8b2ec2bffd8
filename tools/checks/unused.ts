import type { Finding, SourceFile } from './finding.ts'
import { importsOf } from './importsOf.ts'

/** Where the project is entered: what is started, and what is loaded by its file name. */
const entries: readonly RegExp[] = [
  /^tools\/cli\/main\.ts$/,
  /^tools\/cli\/testReporter\.ts$/,
  /^tools\/checks\/main\.ts$/,
  /^nodes\/main\.ts$/,
  // Programs in containers, started by their path.
  /^tools\/fabric\/(agent\/main|task\/main|task\/relayMain)\.ts$/,
  /^suites\/.*\.spec\.ts$/,
  // The runtime that stands in for a real one where orchestration is tested.
  /^tools\/runtimes\/fake\.ts$/,
]

/** Files that no entry leads to: nobody would miss them. Being used by a test alone does not count. */
export function checkUnused(files: readonly SourceFile[]): readonly Finding[] {
  const sources = new Map(
    files.filter(({ path }) => /(?<!\.d)\.ts$/.test(path)).map((file) => [file.path, file]),
  )
  const reached = new Set<string>()
  const waiting = [...sources.keys()].filter((path) => entries.some((entry) => entry.test(path)))
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = sources.get(path)
    if (file === undefined || reached.has(path)) continue
    reached.add(path)
    for (const { target } of importsOf(file)) if (target !== undefined) waiting.push(target)
  }
  return [...sources.keys()]
    .filter((path) => !path.startsWith('test/') && !reached.has(path))
    .map((path) => ({
      file: path,
      line: 1,
      message: 'nothing that is started leads to this file',
      remedy: 'use it, or remove it together with its test',
    }))
}
