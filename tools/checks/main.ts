/**
 * All checks of the project's own rules: imports, tidiness, references, unused files, error codes, lock file, catalogue. Prints what is
 * wrong and what to do; exit code 0 when nothing is, else 1. `--write` makes the generated pages again first.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { misbehaviours } from '../../nodes/misbehaviours.ts'
import { catalogue } from '../../suites/framework/catalogue.ts'
import { exampleAddressing } from '../../topologies/addressing.ts'
import { parseTopology } from '../../topologies/parse.ts'
import { makePlan } from '../../topologies/planner.ts'
import { formatProblem } from '../../topologies/problem.ts'
import { type CatalogueInput, checkCatalogue, purposesPage, renderPurposes } from './catalogue.ts'
import { checkErrorsPage, errorsPage } from './errors.ts'
import { type Finding, formatFinding, type SourceFile } from './finding.ts'
import { checkImports } from './imports.ts'
import { checkLockFile, lockFile } from './lockFile.ts'
import { checkReferences } from './references.ts'
import { readSources } from './sources.ts'
import { checkTidiness } from './tidy.ts'
import { checkUnused } from './unused.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const files = readSources(top)
const unloadable = await loadSpecs(files)
if (process.argv.includes('--write')) {
  writeFileSync(join(top, purposesPage), renderPurposes(catalogue()))
}
let failures = 0
for (const [name, check] of Object.entries(checks())) {
  const findings = check()
  process.stdout.write(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n`)
  for (const finding of findings) process.stdout.write(`${formatFinding(finding)}\n`)
  failures += findings.length
}
process.stdout.write(failures === 0 ? 'nothing found\n' : `${failures} found\n`)
process.exitCode = failures === 0 ? 0 : 1

function checks(): Readonly<Record<string, () => readonly Finding[]>> {
  return {
    imports: () => checkImports(files),
    tidiness: () => checkTidiness(files),
    references: () => checkReferences(files),
    'unused files': () => checkUnused(files),
    'error codes': () => checkErrorsPage(readOr(errorsPage, '')),
    'lock file': () => checkLockFile(readOr(lockFile, '')),
    catalogue: () => [...unloadable, ...checkCatalogue(catalogueInput())],
  }
}

function catalogueInput(): CatalogueInput {
  const page = existsSync(join(top, purposesPage)) ? { page: readOr(purposesPage, '') } : {}
  return {
    purposes: catalogue(),
    misbehaviours: misbehaviours.map(({ name }) => name),
    topologyFiles: files.flatMap(({ path }) => /^topologies\/(.*\.yaml)$/.exec(path)?.[1] ?? []),
    planProblem: ({ topology, iut, mutants }) => {
      const path = `topologies/${topology.file}`
      const parsed = parseTopology(readOr(path, ''), path)
      if (!parsed.ok) return parsed.errors.map(formatProblem).join('\n')
      const nodes = [iut.node, ...mutants.flatMap(({ node }) => node ?? [])]
      const misbehaving = Object.fromEntries(nodes.map((node) => [node, []]))
      const { parameters = {}, manual = [] } = topology
      const options = { seed: 1, addressing: exampleAddressing, misbehaviours: misbehaving }
      try {
        makePlan(parsed.topology, { ...options, parameters, manual })
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    ...page,
  }
}

/** Spec files register their purposes when they are imported; one that cannot be imported is a finding. */
async function loadSpecs(sources: readonly SourceFile[]): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { path } of sources) {
    if (!/^suites\/.*\.spec\.ts$/.test(path)) continue
    try {
      await import(pathToFileURL(join(top, path)).href)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      findings.push({ file: path, line: 1, message, remedy: 'make the file load by itself' })
    }
  }
  return findings
}

function readOr(path: string, otherwise: string): string {
  const full = join(top, path)
  return existsSync(full) ? readFileSync(full, 'utf8') : otherwise
}
