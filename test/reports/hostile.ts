import type { RunRecord } from '../../reports/model/runRecord.ts'

/** Texts that try to become markup, code, another line or another reading. */
export const hostileTexts = [
  '"><script>window.hacked = 1</script>',
  `' onmouseover='window.hacked = 1' x='`,
  '<img src=x onerror="window.hacked = 1">',
  '</style></script><script>window.hacked = 1</script>',
  '`window.hacked = 1`',
  ']]><!--',
  '&lt;b&gt;&#x3c;',
  'left\u202Egnp.exe\u2066\u200Fright',
  'nul\u0000 bell\u0007 escape\u001b[2J\u009b31m',
  'lone \ud800 surrogate',
  'שלום عالم',
  'W'.repeat(3000),
  'javascript:window.hacked=1',
  '../../../etc/passwd',
  'https://example.invalid/x.png',
  'line\nfeed\r\ttab',
] as const

/** The record with every text in it replaced by hostile ones, fields of fixed values excepted. */
export function hostile(record: RunRecord, offset = 0): RunRecord {
  let next = offset
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (fixed.has(key)) return value
      next += 1
      return hostileTexts[next % hostileTexts.length]
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, key))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]))
    }
    return value
  }
  return walk(record, '') as RunRecord
}

const fixed = new Set(['verdict', 'grade', 'result', 'when', 'seen'])
