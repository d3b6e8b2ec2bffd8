import { execFileSync } from 'node:child_process'
import { BenchError } from '../../../protocol/errors.ts'

/** The libraries a program is linked with, the loader included, as paths on this machine. @throws BenchError CAPABILITY_MISSING */
export function sharedLibraries(program: string): readonly string[] {
  let text: string
  try {
    text = execFileSync('ldd', [program], { encoding: 'utf8', timeout: 20_000, stdio: 'pipe' })
  } catch (cause) {
    throw new BenchError('CAPABILITY_MISSING', `ldd cannot read ${program}`, {
      remedy: 'the image is made from programs of a Linux machine with glibc; its ldd is needed',
      cause,
    })
  }
  return parseLdd(text, program)
}

/** `name => /path (0x…)`, `/path/of/loader (0x…)`, or the kernel's own, which is no file. */
export function parseLdd(text: string, program: string): readonly string[] {
  const paths: string[] = []
  for (const line of text.split('\n')) {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1]
    if (missing !== undefined)
      throw new BenchError('CAPABILITY_MISSING', `${program} needs ${missing}, which is not here`, {
        remedy: `install the package that brings ${missing}`,
      })
    const path = /^\s*(?:\S+ => )?(\/\S+) \(0x[\da-f]+\)$/.exec(line)?.[1]
    if (path !== undefined) paths.push(path)
  }
  return paths
}
