/** Secrets of a recording: NSS key-log lines by client random and label. One client random can have several: both ends
 * log theirs, and with a wrong pre-shared key they differ. */
export class KeyLog {
  readonly #secrets = new Map<string, Buffer[]>()

  /** Takes in one line; comments and lines of another form are ignored. */
  add(line: string): void {
    const match = /^([A-Z][A-Z0-9_]{0,63}) ([0-9A-Fa-f]{64}) ((?:[0-9A-Fa-f]{2}){1,128})\s*$/.exec(
      line,
    )
    if (match === null) return
    const [, label = '', random = '', secret = ''] = match
    const key = `${label} ${random.toLowerCase()}`
    const known = this.#secrets.get(key) ?? []
    const bytes = Buffer.from(secret, 'hex')
    if (known.length < mostPerRandom && !known.some((other) => other.equals(bytes)))
      this.#secrets.set(key, [...known, bytes])
  }

  /** Secrets with this label for this handshake (`clientRandom` in hexadecimal). */
  secrets(label: string, clientRandom: string): readonly Buffer[] {
    return this.#secrets.get(`${label} ${clientRandom.toLowerCase()}`) ?? []
  }
}

/** More secrets than ends is somebody's mistake; each costs a trial. */
const mostPerRandom = 8
