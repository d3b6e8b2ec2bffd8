import { pack as openPack } from 'tar-stream'
import { unprivilegedUser } from '../../engine/image/systemFiles.ts'

/** A file or folder that is put into a container, readable by the user that the container runs as and nobody else. */
export type Given =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  /** `mayWrite`: the container may put files into it. */
  | { readonly kind: 'folder'; readonly path: string; readonly mayWrite?: true }

/** A tar archive as the engine unpacks it. Paths are relative to where it is unpacked. */
export async function archiveOf(given: readonly Given[]): Promise<Buffer> {
  const pack = openPack()
  const owner = { uid: unprivilegedUser, gid: unprivilegedUser, mtime: new Date(0) }
  for (const one of given) {
    if (one.kind === 'folder') {
      const mode = one.mayWrite ? 0o700 : 0o500
      pack.entry({ ...owner, name: `${one.path}/`, type: 'directory', mode })
    } else pack.entry({ ...owner, name: one.path, mode: 0o400 }, Buffer.from(one.bytes))
  }
  pack.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of pack as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
