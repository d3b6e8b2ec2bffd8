import type { Phase, TesterNotes } from '../../suites/framework/evidence.ts'
import type { ExpectedJourney } from '../../suites/framework/testSystem.ts'
import type { Canary } from '../dissect/trace.ts'

/** What the tester writes down while a purpose runs; `notes()` is a copy of everything so far. */
export interface NoteBook {
  phase: Phase
  canary(canary: Canary): void
  expectJourney(expected: ExpectedJourney): void
  connection(wire: string, port: number): void
  impersonated(wire: string): void
  write(text: string): void
  notes(): TesterNotes
}

export function openNoteBook(now: () => number, annotate: (text: string) => void): NoteBook {
  const canaries: Canary[] = []
  const expectedJourneys: ExpectedJourney[] = []
  const testerConnections: { wire: string; port: number; phase: Phase }[] = []
  const impersonated = new Set<string>()
  const timeline: { atMs: number; text: string }[] = []
  const book: NoteBook = {
    phase: 'preamble',
    canary: (canary) => void canaries.push(canary),
    expectJourney: (expected) => void expectedJourneys.push(expected),
    connection: (wire, port) => void testerConnections.push({ wire, port, phase: book.phase }),
    impersonated: (wire) => void impersonated.add(wire),
    write: (text) => {
      timeline.push({ atMs: now(), text })
      annotate(text)
    },
    notes: () => ({
      canaries: [...canaries],
      expectedJourneys: [...expectedJourneys],
      testerConnections: [...testerConnections],
      impersonated: [...impersonated],
      timeline: [...timeline],
    }),
  }
  return book
}
