/** Why a recording cannot be trusted, each said once and not without end. */
export class Problems {
  readonly #said = new Set<string>()
  #unsaid = 0

  add(problem: string): void {
    if (this.#said.size < mostSaid) this.#said.add(problem)
    else if (!this.#said.has(problem)) this.#unsaid++
  }

  list(): string[] {
    const said = [...this.#said]
    return this.#unsaid === 0 ? said : [...said, `and ${this.#unsaid} more`]
  }
}

const mostSaid = 100
