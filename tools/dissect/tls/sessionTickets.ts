import { createHash } from 'node:crypto'

/** Tickets that servers handed out within the recording: a pre-shared key that is one of them is a resumption. Bounded. */
export class SessionTickets {
  readonly #known = new Set<string>()

  add(ticket: Buffer): void {
    if (this.#known.size >= mostTickets) {
      const [oldest] = this.#known
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    this.#known.add(digest(ticket))
  }

  has(ticket: Buffer): boolean {
    return this.#known.has(digest(ticket))
  }
}

const mostTickets = 10_000

function digest(ticket: Buffer): string {
  return createHash('sha256').update(ticket).digest('base64')
}
