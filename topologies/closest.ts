/** The known word nearest to a mistyped one, when it is near enough to be meant; else nothing. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const bounded = word.slice(0, longestWord).toLowerCase()
  const limit = Math.max(1, Math.floor(bounded.length / 3))
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(bounded, candidate.slice(0, longestWord).toLowerCase())
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { word: candidate, distance }
    }
  }
  return best?.word
}

/** What follows "no such thing" where a known word is near, e.g. `did you mean run? `; else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = closest(word, known)
  return meant === undefined ? '' : `did you mean ${meant}? `
}

const longestWord = 40

/** Edit distance, one row at a time; two letters in the wrong order are one edit. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let line = 1; line <= a.length; line++) {
    const next = [line]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1)
      const isSwapped = a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1]
      const swapped = isSwapped ? (before[column - 2] ?? 0) + 1 : replaced
      next.push(Math.min(replaced, swapped, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
