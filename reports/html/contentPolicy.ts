import { createHash } from 'node:crypto'

/**
 * Content security policy of the page: nothing is loaded from anywhere; the one style sheet and the one script inside
 * the page run because their hashes are named, anything else that got in would not.
 */
export function contentPolicy(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
