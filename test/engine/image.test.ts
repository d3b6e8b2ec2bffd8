import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { pack } from 'tar-stream'
import { connectEngine } from '../../tools/engine/connect.ts'
import type { Engine } from '../../tools/engine/engine.ts'
import { imageContents } from '../../tools/engine/image/contents.ts'
import { followBuild } from '../../tools/engine/image/followBuild.ts'
import { ensureImage, type NodeImage } from '../../tools/engine/image.ts'
import { label, ownLabels } from '../../tools/engine/labels.ts'
import { removeImagesOf } from '../../tools/engine/sweep.ts'
import { bounded } from '../../tools/runtimes/bounded.ts'
import { failureOf } from '../tools/engine/fakeEngine.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..')

describe('the node image', () => {
  const runId = `test-${randomBytes(8).toString('hex')}`
  let folder: ReturnType<typeof temporaryFolder>
  let engine: Engine
  let image: NodeImage
  const progress: string[] = []

  before(async function () {
    this.timeout(120_000)
    folder = temporaryFolder()
    engine = await connectEngine()
    image = await ensureImage(engine, { runId, onProgress: (line) => progress.push(line) })
  })
  after(async () => {
    folder.remove()
    await removeImagesOf(engine, runId)
  })

  /** What a run of the image does under the limits that nodes get; ends when `until` has been said, or by itself. */
  async function run(
    words: readonly string[],
    options: { entrypoint?: string; name?: string; until?: RegExp; binds?: string[] } = {},
  ): Promise<{ code: number; said: string }> {
    const { entrypoint, name = image.name, until, binds = [] } = options
    const container = await engine.client.createContainer({
      Image: name,
      Cmd: [...words],
      ...(entrypoint === undefined ? {} : { Entrypoint: [entrypoint] }),
      Labels: { ...ownLabels(runId) },
      // A terminal, so that the stream is plain text.
      Tty: true,
      HostConfig: {
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Memory: 256 * 1024 * 1024,
        PidsLimit: 64,
        Binds: binds,
      },
    })
    try {
      const stream = await container.attach({ stream: true, stdout: true, stderr: true })
      await container.start()
      const what = words.join(' ').slice(0, 100)
      const said = await bounded(readUntil(stream, until), { what, timeoutMs: 25_000 })
      if (until !== undefined) await container.kill()
      const { StatusCode: code } = await container.wait()
      return { code, said }
    } finally {
      await container.remove({ force: true, v: true })
    }
  }

  const evaluate = async (code: string, name = image.name) =>
    JSON.parse((await run(['-p', `JSON.stringify(${code})`], { name })).said)

  const baseOf = async (name: string) => ({
    name,
    id: (await engine.client.getImage(name).inspect()).Id,
  })

  it('is made once, and found the second time', async () => {
    expect(image.built).to.equal(true)
    expect(image.name).to.match(/^onem2m-bench-node:[\da-f]{16}$/)
    expect(progress).to.have.length(2)
    const again = await ensureImage(engine, { runId, onProgress: (line) => progress.push(line) })
    expect(again).to.include({ built: false, name: image.name, bytes: image.bytes })
    expect(progress).to.have.length(2)
    expect(image.bytes).to.be.within(50e6, 250e6)
  })

  it('says what it is', async () => {
    const { Config: config } = await engine.client.getImage(image.name).inspect()
    const content = config.Labels[label.content] ?? ''
    expect(content).to.equal(imageContents(project, { mark: runId }).code.hash)
    expect(image.name).to.equal(`onem2m-bench-node:${content.slice(0, 16)}`)
    expect(config.Labels[label.version]).to.match(/^\d+\.\d+\.\d+$/)
    expect(config.Labels[label.commit]).to.be.a('string')
    expect(config.User).to.equal('10001:10001')
    expect(config.Entrypoint?.[0]).to.equal('/usr/local/bin/node')
  })

  it('runs a node as a user without rights, on a file system it cannot write to', async () => {
    const file = join(folder.path, 'node.json')
    mkdirSync(folder.path, { recursive: true, mode: 0o755 })
    writeFileSync(file, JSON.stringify(loneCse))
    const { said } = await run(['nodes/main.ts', '/run/node.json'], {
      binds: [`${file}:/run/node.json:ro`],
      until: /\n/,
    })
    const ready = JSON.parse(said.split('\n')[0] ?? '')
    expect(ready).to.include({ event: 'ready', node: 'cse9' })
    expect(ready.listeners).to.have.length(1)
    const user = await evaluate(
      '[process.getuid(), process.getgid(), process.getgroups(), process.version, ' +
        'fs.readFileSync("/proc/self/status", "utf8").match(/CapEff:\\s*(\\w+)/)[1]]',
    )
    expect(user).to.deep.equal([10001, 10001, [10001], process.version, '0000000000000000'])
    for (const path of ['/a', '/opt/onem2m-bench/nodes/main.ts', '/tmp/a'])
      expect(
        await evaluate(
          `(() => { try { fs.writeFileSync('${path}', '') } catch (e) { return e.code } })()`,
        ),
      ).to.be.oneOf(['EROFS', 'EACCES'])
  })

  it('ends a node with the exit codes of the contract', async () => {
    expect((await run(['nodes/main.ts', '/run/none.json'])).code).to.equal(2)
    const file = join(folder.path, 'unsupported.json')
    writeFileSync(file, JSON.stringify({ ...loneCse, misbehaviours: ['levitates'] }))
    const { code } = await run(['nodes/main.ts', '/run/node.json'], {
      binds: [`${file}:/run/node.json:ro`],
    })
    expect(code).to.equal(127)
  })

  // What is started begins its work when it is loaded; its own tests run it.
  it('has all that its programs import', async () => {
    const { code, said } = await run([
      '--input-type=module',
      '-e',
      `import { globSync } from 'node:fs'
       const files = globSync('{protocol,nodes,topologies,tools}/**/*.ts')
         .filter((file) => !/main\\.ts$|\\.d\\.ts$/i.test(file))
       for (const file of files) await import('/opt/onem2m-bench/' + file)
       console.log(String(files.length))
       process.exit()`,
    ])
    expect(code, said).to.equal(0)
    expect(Number(said), said).to.be.above(100)
  })

  it('has tcpdump with its libraries', async () => {
    const { code, said } = await run(['--version'], { entrypoint: '/usr/bin/tcpdump' })
    expect(said).to.match(/^tcpdump version \d/)
    expect(code).to.equal(0)
  })

  it('carries its bill of materials', async () => {
    const path = '/usr/share/onem2m-bench/sbom.cdx.json'
    const bill = await evaluate(`JSON.parse(fs.readFileSync('${path}', 'utf8'))`)
    expect(bill).to.deep.equal(JSON.parse(imageContents(project).bill()))
  })

  it('can be put upon a normal base image', async function () {
    this.timeout(120_000)
    // Our own lower part serves as somebody's base image: it has glibc, libstdc++ and tcpdump.
    const { Config: config } = await engine.client.getImage(image.name).inspect()
    const baseImage = `onem2m-bench-base:${config.Labels[label.base]?.slice(0, 16)}`
    const upon = await ensureImage(engine, { baseImage, runId })
    expect(upon.built).to.equal(true)
    expect(upon.name).not.to.equal(image.name)
    expect(await evaluate('process.getuid()', upon.name)).to.equal(10001)
    expect((await ensureImage(engine, { baseImage, runId })).built).to.equal(false)
  })

  it('is refused upon a base image where Node does not run', async function () {
    this.timeout(120_000)
    const archive = pack()
    archive.entry({ name: 'etc/motd' }, 'nothing here')
    archive.finalize()
    const options = {
      repo: 'onem2m-bench-test-base',
      tag: runId,
      changes: [`LABEL ${label.content}=x ${label.run}=${runId}`],
    }
    await followBuild(await engine.client.importImage(Readable.from(archive), options))
    const baseImage = `onem2m-bench-test-base:${runId}`
    const failure = await failureOf(ensureImage(engine, { baseImage, runId }))
    expect(failure).to.include({ code: 'CAPABILITY_MISSING' })
    expect(failure.message).to.contain('does not run on').and.to.contain(baseImage)
    // It is not there to be taken for a good one the next time.
    const hash = imageContents(project, { mark: runId, base: await baseOf(baseImage) }).code.hash
    const name = `onem2m-bench-node:${hash.slice(0, 16)}`
    expect((await failureOf(engine.client.getImage(name).inspect())).message).to.contain(
      'No such image',
    )
  })

  it('is refused upon a base image that nobody has', async () => {
    // Nobody listens on port 1: as good as a registry that cannot be reached.
    const failure = await failureOf(ensureImage(engine, { baseImage: '127.0.0.1:1/none', runId }))
    expect(failure).to.include({ code: 'CAPABILITY_MISSING' })
    expect(failure.message).to.contain('pulling 127.0.0.1:1/none')
    expect(failure.remedy).to.contain('docker load')
  })

  it('can be interrupted while it is made', async () => {
    const other = `${runId}-interrupted`
    const stop = new AbortController()
    const onProgress = () => stop.abort()
    try {
      const making = ensureImage(engine, { runId: other, onProgress, signal: stop.signal })
      expect(await failureOf(making)).to.include({ code: 'INTERRUPTED' })
      const filters = { label: [`${label.run}=${other}`] }
      const tagged = (await engine.client.listImages({ filters })).flatMap(
        (one) => one.RepoTags ?? [],
      )
      expect(tagged.filter((name) => name.startsWith('onem2m-bench-node'))).to.deep.equal([])
    } finally {
      await removeImagesOf(engine, other)
    }
  })
})

const loneCse = {
  contractVersion: 1,
  name: 'cse9',
  kind: 'in',
  seed: 1,
  spId: 'sp.example',
  address: '127.0.0.1',
  aes: [],
  misbehaviours: [],
  cse: {
    cseId: '/cse9',
    name: 'base',
    listener: { address: '127.0.0.1', port: 0, binding: 'http' },
    pointsOfAccess: [],
    registrees: [],
  },
}

async function readUntil(
  stream: NodeJS.ReadableStream,
  until: RegExp | undefined,
): Promise<string> {
  if (until === undefined) return text(stream)
  let said = ''
  for await (const chunk of stream) {
    said += String(chunk)
    if (until.test(said)) break
  }
  return said
}
