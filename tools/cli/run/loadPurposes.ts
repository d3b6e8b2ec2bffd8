import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { catalogue } from '../../../suites/framework/catalogue.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { benchFolder } from '../benchVersion.ts'

/** Every purpose of every spec file under suites/, in order of id. */
export async function loadPurposes(): Promise<readonly TestPurpose[]> {
  for (const file of globSync('suites/**/*.spec.ts', { cwd: benchFolder }).sort())
    await import(pathToFileURL(join(benchFolder, file)).href)
  return catalogue()
}
