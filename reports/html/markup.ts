import { escapeHtml } from './escape.ts'

/** Markup that is safe to send as it is: made by `html` only. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What may stand in a hole of `html`: text is escaped, markup is not, `undefined` and `false` leave nothing. */
export type Hole = Markup | string | number | undefined | false | readonly Markup[]

/** Template tag: everything from outside is escaped by construction, in text and in quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  const written = parts.map((part, index) => part + fill(holes[index]))
  return new Markup(written.join(''))
}

export const nothing = new Markup('')

/** Markup of each item with a piece between them. */
export function join(items: readonly Markup[], between: string): Markup {
  return new Markup(items.map((item) => item.text).join(escapeHtml(between)))
}

function fill(hole: Hole): string {
  if (hole === undefined || hole === false) return ''
  if (hole instanceof Markup) return hole.text
  if (typeof hole === 'string') return escapeHtml(hole)
  if (typeof hole === 'number') return String(hole)
  return hole.map((item) => item.text).join('')
}
