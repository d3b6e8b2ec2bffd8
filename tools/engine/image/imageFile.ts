/** One entry of an image. Paths are absolute in the image; everything belongs to root and nobody else may write. */
export type ImageFile =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  /** A copy of a file of this machine, symbolic links followed. */
  | { readonly kind: 'copy'; readonly path: string; readonly mode: number; readonly source: string }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  | { readonly kind: 'bytes'; readonly path: string; readonly mode: number; readonly bytes: Buffer }
