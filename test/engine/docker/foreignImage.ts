import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../../tools/engine/engine.ts'
import { followBuild } from '../../../tools/engine/image/followBuild.ts'
import type { ImageFile } from '../../../tools/engine/image/imageFile.ts'
import { packTar } from '../../../tools/engine/image/packTar.ts'
import { sharedLibraries } from '../../../tools/engine/image/sharedLibraries.ts'
import { ensureImage } from '../../../tools/engine/image.ts'

const example = join(import.meta.dirname, '../../../docs/examples/foreign-ae/ae.py')
/** Where Python is, and which of its modules that the example uses are linked with libraries of the machine. */
const ask = `
import http.client, itertools, json, socket, sys, sysconfig, time
print(sys.executable, sysconfig.get_path("stdlib"), "%d.%d" % sys.version_info[:2], sep="\\n")
for module in list(sys.modules.values()):
    path = getattr(module, "__file__", None) or ""
    if path.endswith(".so"):
        print(path)
`
/** Of Python's library: what the example cannot need. */
const unneeded =
  /(^|\/)(test|tests|site-packages|dist-packages|idlelib|tkinter|ensurepip|lib2to3|config-[^/]*|__pycache__)(\/|$)/

/**
 * What the Dockerfile of the example makes, without a registry: this machine's Python and the example. Returns its name;
 * disposing of it removes it.
 */
export async function foreignImage(engine: Engine): Promise<AsyncDisposable & { name: string }> {
  const base = await ensureImage(engine)
  const name = `foreign-ae-${randomBytes(6).toString('hex')}`
  const recipe = [
    `FROM ${base.name}`,
    'COPY files/ /',
    'ENV PYTHONHOME=/python PYTHONDONTWRITEBYTECODE=1',
    'ENTRYPOINT ["/python/bin/python3", "/ae.py"]',
  ].join('\n')
  const files: ImageFile[] = [
    { kind: 'text', path: '/Dockerfile', mode: 0o644, text: recipe },
    ...pythonFiles(),
    copy('/files/ae.py', example),
  ]
  await followBuild(
    await engine.client.buildImage(packTar(files), { t: name, networkmode: 'none', forcerm: true }),
  )
  const remove = async () => {
    await engine.client.getImage(name).remove({ force: true })
  }
  return { name, [Symbol.asyncDispose]: remove }
}

function pythonFiles(): readonly ImageFile[] {
  const said = execFileSync('python3', ['-c', ask], { encoding: 'utf8' })
  const [program = '', library = '', version = '', ...modules] = said.trim().split('\n')
  const binary = realpathSync(program)
  const libraries = new Set([binary, ...modules].flatMap((path) => sharedLibraries(path)))
  return [
    copy('/files/python/bin/python3', binary),
    ...[...libraries].map((path) => copy(`/files${path}`, path)),
    ...readdirSync(library, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(library.length + 1))
      .filter((path) => !unneeded.test(path))
      .map((path) => copy(`/files/python/lib/python${version}/${path}`, join(library, path))),
  ]
}

function copy(path: string, source: string): ImageFile {
  return { kind: 'copy', path, mode: 0o755, source }
}
