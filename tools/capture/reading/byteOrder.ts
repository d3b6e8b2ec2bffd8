/** Reads integers in the byte order a file announces. The caller checks the bounds. */
export interface ByteOrder {
  u16(bytes: Buffer, at: number): number
  u32(bytes: Buffer, at: number): number
}

export const littleEndian: ByteOrder = {
  u16: (bytes, at) => bytes.readUInt16LE(at),
  u32: (bytes, at) => bytes.readUInt32LE(at),
}

export const bigEndian: ByteOrder = {
  u16: (bytes, at) => bytes.readUInt16BE(at),
  u32: (bytes, at) => bytes.readUInt32BE(at),
}
