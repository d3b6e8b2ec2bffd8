import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { extract } from 'tar-stream'
import { billPath } from '../../../../tools/engine/image/billOfMaterials.ts'
import { codeFolder } from '../../../../tools/engine/image/codeFiles.ts'
import { contentHash, openFileHashes } from '../../../../tools/engine/image/contentHash.ts'
import { billFile, imageContents } from '../../../../tools/engine/image/contents.ts'
import type { ImageFile } from '../../../../tools/engine/image/imageFile.ts'
import { lockedPackages } from '../../../../tools/engine/image/lockedPackages.ts'
import { packTar } from '../../../../tools/engine/image/packTar.ts'
import { parseLdd, sharedLibraries } from '../../../../tools/engine/image/sharedLibraries.ts'
import { temporaryFolder } from '../../temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..', '..', '..')

describe('what goes into the node image', () => {
  const contents = imageContents(project)
  const paths = contents.code.files.map(({ path }) => path)

  it('is what runs inside, and nothing of the bench, its tests or its keys', () => {
    expect(paths).to.include(`${codeFolder}/nodes/main.ts`)
    expect(paths).to.include(`${codeFolder}/package.json`)
    expect(paths).to.include(`${codeFolder}/tools/capture/pcapngWriter.ts`)
    const foreign =
      /\/(test|suites|reports|docs|\.git|\.bench|runs|tools\/(cli|testSystem|engine))\//
    const own = paths.filter((path) => !path.includes('/node_modules/'))
    expect(own.filter((path) => foreign.test(path))).to.deep.equal([])
  })

  it('has the system with Node, tcpdump, their libraries and a user without rights', () => {
    const system = contents.system?.files ?? []
    const named = (path: string) => system.find((file) => file.path === path)
    expect(named('/usr/local/bin/node')).to.deep.include({ source: process.execPath, mode: 0o755 })
    for (const path of ['/usr/bin/tcpdump', ...sharedLibraries(process.execPath)])
      expect(named(path), path).to.include({ kind: 'copy' })
    expect(named('/tmp')).to.include({ kind: 'folder', mode: 0o1777 })
    const users = named('/etc/passwd')
    expect(users?.kind === 'text' ? users.text : '').to.match(/^bench:x:10001:10001:/m)
  })

  it('is the same every time, but other for another base, and for a run of its own', () => {
    const base = { name: 'debian:12', id: 'sha256:1' }
    const hashes = [
      imageContents(project).code.hash,
      imageContents(project, { mark: 'run' }).code.hash,
      imageContents(project, { base }).code.hash,
      imageContents(project, { base: { ...base, id: 'sha256:2' } }).code.hash,
    ]
    expect(hashes[0]).to.equal(contents.code.hash)
    expect(new Set(hashes).size).to.equal(hashes.length)
    expect(imageContents(project, { base }).system).to.equal(undefined)
  })

  it('is listed in a bill of materials, the same every time', () => {
    const bill = JSON.parse(contents.bill())
    expect(bill).to.include({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })
    expect(bill.serialNumber).to.match(/^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    const names = bill.components.map((component: { name: string }) => component.name)
    expect(names).to.include.members(['node', '@peculiar/x509', 'yaml'])
    expect(names).not.to.include('mocha')
    const x509 = bill.components.find((one: { name: string }) => one.name === '@peculiar/x509')
    expect(x509.purl).to.match(/^pkg:npm\/%40peculiar\/x509@\d/)
    expect(x509.hashes[0].content).to.match(/^[\da-f]{128}$/)
    // Every library is a package with a version, or a file that stands for itself.
    for (const { type, name, version } of bill.components)
      if (type !== 'file') expect(version, name).to.match(/\d/)
    expect(contents.bill()).to.equal(contents.bill())
    expect(billFile(contents).path).to.equal(billPath)
  })
})

describe('the content hash', () => {
  const hashOf = (folder: string, files: readonly ImageFile[]) => {
    const hashes = openFileHashes(folder)
    const hash = contentHash(files, { recipe: [1], hashes })
    hashes.save()
    return hash
  }

  it('changes with content, path, mode and kind, and with nothing else', () => {
    const folder = temporaryFolder()
    try {
      const source = join(folder.path, 'a')
      writeFileSync(source, 'one')
      const file: ImageFile = { kind: 'copy', path: '/a', mode: 0o644, source }
      const first = hashOf(folder.path, [file])
      utimesSync(source, 1, 1)
      expect(hashOf(folder.path, [file])).to.equal(first)
      const others = [
        hashOf(folder.path, [{ ...file, path: '/b' }]),
        hashOf(folder.path, [{ ...file, mode: 0o755 }]),
        hashOf(folder.path, [file, { kind: 'folder', path: '/b', mode: 0o755 }]),
        hashOf(folder.path, [{ kind: 'text', path: '/a', mode: 0o644, text: 'one' }]),
      ]
      writeFileSync(source, 'two')
      others.push(hashOf(folder.path, [file]))
      expect(new Set([first, ...others]).size).to.equal(others.length + 1)
    } finally {
      folder.remove()
    }
  })

  it('sees that a big file changed, though its size and time are the same', () => {
    const folder = temporaryFolder()
    try {
      const source = join(folder.path, 'big')
      const file: ImageFile = { kind: 'copy', path: '/big', mode: 0o644, source }
      const write = (byte: number) => {
        writeFileSync(source, Buffer.alloc(2 * 1024 * 1024, byte))
        utimesSync(source, 1000, 1000)
      }
      write(1)
      const first = hashOf(folder.path, [file])
      expect(hashOf(folder.path, [file])).to.equal(first)
      write(2)
      expect(hashOf(folder.path, [file])).not.to.equal(first)
      write(1)
      expect(hashOf(folder.path, [file])).to.equal(first)
      writeFileSync(join(folder.path, '.bench', 'file-hashes.json'), '{"x": 1, ')
      expect(hashOf(folder.path, [file])).to.equal(first)
    } finally {
      folder.remove()
    }
  })
})

describe('packing', () => {
  it('gives the same bytes every time, owned by root and without times', async () => {
    const files: readonly ImageFile[] = [
      { kind: 'copy', path: '/z', mode: 0o755, source: import.meta.filename },
      { kind: 'text', path: '/etc/a', mode: 0o644, text: 'text' },
      { kind: 'folder', path: '/tmp', mode: 0o1777 },
    ]
    const bytes = await buffer(packTar(files))
    expect(await buffer(packTar([...files].reverse()))).to.deep.equal(bytes)
    const reader = extract()
    reader.end(bytes)
    const seen: unknown[] = []
    for await (const entry of reader) {
      const { name, mode, uid, gid, mtime, type } = entry.header
      expect([uid, gid, mtime?.getTime()]).to.deep.equal([0, 0, 0])
      seen.push([name, mode, type, (await buffer(entry)).length])
    }
    expect(seen).to.deep.equal([
      ['etc/a', 0o644, 'file', 4],
      ['tmp', 0o1777, 'directory', 0],
      ['z', 0o755, 'file', readFileSync(import.meta.filename).length],
    ])
  })

  it('fails when a file is gone', async () => {
    const missing: ImageFile = { kind: 'copy', path: '/a', mode: 0o644, source: '/nonexistent' }
    const failure = await buffer(packTar([missing])).catch((error: unknown) => error)
    expect(failure).property('code').to.equal('ENOENT')
  })
})

describe('what a program links', () => {
  it('is read from what ldd says', () => {
    const text = [
      '\tlinux-vdso.so.1 (0x00007fff)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f01)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)',
    ].join('\n')
    expect(parseLdd(text, 'x')).to.deep.equal([
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ])
    expect(() => parseLdd('\tlibx.so.1 => not found', 'prog'))
      .to.throw('prog needs libx.so.1')
      .with.property('code', 'CAPABILITY_MISSING')
    expect(() => sharedLibraries('/nonexistent')).to.throw('ldd cannot read /nonexistent')
  })
})

describe('the packages of the lock file', () => {
  it('come with all they need, the nearest version of each', () => {
    const packages = lockedPackages(project, ['@peculiar/x509'])
    const paths = packages.map(({ path }) => path)
    expect(paths).to.include.members(['node_modules/@peculiar/x509', 'node_modules/tslib'])
    expect(paths).to.include('node_modules/tsyringe/node_modules/tslib')
    expect(paths).not.to.include('node_modules/mocha')
  })

  it('come with what they need on this machine only', () => {
    const names = lockedPackages(project, ['koffi']).map(({ name }) => name)
    expect(names).to.have.members(['koffi', `@koromix/koffi-linux-${process.arch}`])
  })

  it('must be installed when they are imported', () => {
    expect(() => lockedPackages(project, ['no-such-package'])).to.throw('no-such-package')
  })
})
