/**
 * Makes text from outside safe to place between tags and inside quoted attributes. Characters that hide or reorder
 * others (controls, bidirectional marks, zero-width) become visible as `\u202e`, so that a record cannot show one thing
 * and hold another; lone surrogates become U+FFFD.
 */
export function escapeHtml(text: string): string {
  return revealHidden(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? '')
}

/** The same text with every hidden character written as `\uXXXX`; line feeds and tabs stay. */
export function revealHidden(text: string): string {
  return text
    .toWellFormed()
    .replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** A name that can be an element's id and a link's fragment; two different names never give the same one. */
export function anchorOf(prefix: string, name: string): string {
  // Every character that a rule below may produce is itself escaped, so nothing collides.
  const safe = name.replace(/[^A-Za-z0-9/-]/g, (c) => `_${c.charCodeAt(0).toString(16)}_`)
  return `${prefix}-${safe.replaceAll('/', '.')}`
}

/**
 * Link to a file of the run, relative to the page; absent when the path leaves the folder or could be read as anything
 * but a file name.
 */
export function relativeLink(path: string): string | undefined {
  const segments = path.split('/')
  const sound = segments.every((s) => s !== '' && s !== '.' && s !== '..' && !/[\\\u0000]/.test(s))
  if (!sound) return undefined
  return segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/')
}
