import type { Resource } from './resource.ts'

interface Entry {
  readonly resource: Resource
  readonly size: number
  older: Entry | undefined
  newer: Entry | undefined
}

/** The contentInstances of a container in order of creation, with their number and size; every operation takes constant time. */
export class InstanceList {
  #oldest: Entry | undefined
  #latest: Entry | undefined
  readonly #entries = new Map<Resource, Entry>()
  #bytes = 0

  get oldest(): Resource | undefined {
    return this.#oldest?.resource
  }

  get latest(): Resource | undefined {
    return this.#latest?.resource
  }

  /** currentNrOfInstances */
  get count(): number {
    return this.#entries.size
  }

  /** currentByteSize */
  get bytes(): number {
    return this.#bytes
  }

  /** `size`: octets of the content. */
  append(resource: Resource, size: number): void {
    const entry: Entry = { resource, size, older: this.#latest, newer: undefined }
    if (this.#latest) this.#latest.newer = entry
    else this.#oldest = entry
    this.#latest = entry
    this.#entries.set(resource, entry)
    this.#bytes += size
  }

  remove(resource: Resource): void {
    const entry = this.#entries.get(resource)
    if (entry === undefined) return
    if (entry.older) entry.older.newer = entry.newer
    else this.#oldest = entry.newer
    if (entry.newer) entry.newer.older = entry.older
    else this.#latest = entry.older
    this.#entries.delete(resource)
    this.#bytes -= entry.size
  }
}
