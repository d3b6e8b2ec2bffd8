import { relative } from 'node:path'
import type { ControlCommand, NodeEvent } from '../../nodes/contract.ts'
import type {
  BenchSession,
  EvidenceArtefact,
  FinishedSession,
  ProbeAnswer,
} from '../../suites/framework/bench.ts'
import { provisionedKey } from '../credentials/mint.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { clockArtefacts } from './clocks.ts'
import { witnessArtefacts } from './kernelWitness.ts'
import { type NoteBook, openNoteBook } from './noteBook.ts'
import { readEvidence } from './readEvidence.ts'
import { evidenceFiles, storeEvidence } from './storedEvidence.ts'
import { makeTestSystem, type RunningTestSystem } from './testSystem.ts'

export interface SessionOptions {
  readonly testbed: Testbed
  readonly purposeId: string
  /** Artefact paths are relative to it. */
  readonly outFolder: string
  /** Gives back what was reserved for the testbed; called once nothing of it is left. */
  readonly release: () => Promise<void>
}

/** Bound of every single wait of the tester. */
const waitMs = 4000
/** How much of the nodes' logs goes into the reason of an inconclusive purpose. */
const lastLineCount = 20

/** What must not exist on any node: who claims to have done it cannot be believed in anything else. */
const nonsense = { do: 'levitate' } as unknown as ControlCommand

/** A testbed that is up, as the framework sees it. */
export function openSession(options: SessionOptions): BenchSession {
  const { testbed, purposeId } = options
  const book = openNoteBook(Date.now, (text) => testbed.fabric.recorder.annotate(text))
  const running = makeTestSystem({
    testbed,
    purposeId,
    book,
    keyOf: (id) => Buffer.from(provisionedKey(testbed.plan.seed, id), 'hex'),
    now: Date.now,
    timeoutMs: waitMs,
  })
  return {
    tester: running.tester,
    enter: (phase) => {
      book.phase = phase
      book.write(`phase: ${phase}`)
    },
    probe: (node) => probe(testbed, node),
    lastLines: () => testbed.events.slice(-lastLineCount).map(inOneLine),
    finish: () => finish(options, running, book),
    abandon: () => end(options, running).catch(() => {}),
  }
}

async function probe(testbed: Testbed, node: string): Promise<ProbeAnswer> {
  const reply = await testbed.control(node, nonsense)
  if (reply.ok) return { answer: 'accepted', because: 'that it was done' }
  const because = `${reply.code}: ${reply.because}`
  return { answer: reply.code === 127 ? 'unsupported' : 'other', because }
}

async function end(options: SessionOptions, running: RunningTestSystem): Promise<void> {
  try {
    await running.close()
    await options.testbed.stop()
  } finally {
    await options.release()
  }
}

async function finish(
  options: SessionOptions,
  running: RunningTestSystem,
  book: NoteBook,
): Promise<FinishedSession> {
  const { testbed } = options
  await end(options, running)
  const { failure } = testbed.fabric.recorder
  // A recording that broke off looks sound up to there; nothing may be judged by it, now or later.
  if (failure !== undefined) throw failure
  const { plan, folder, recordingPath } = testbed
  const notes = book.notes()
  await storeEvidence(folder, { plan, notes })
  const evidence = await readEvidence(folder, recordingPath, { plan, notes })
  return { evidence, artefacts: artefactsOf(options) }
}

function artefactsOf({ testbed, outFolder }: SessionOptions): readonly EvidenceArtefact[] {
  const { folder, recordingPath, plan } = testbed
  const at = (path: string) => relative(outFolder, path)
  return [
    {
      kind: 'capture',
      path: at(recordingPath),
      title: 'Recording of every link, secrets embedded',
    },
    ...[...evidenceFiles(folder), ...witnessArtefacts(folder, plan), ...clockArtefacts(folder)].map(
      (file) => ({
        ...file,
        path: at(file.path),
      }),
    ),
    ...plan.nodes.map(({ name }) => ({
      kind: 'log',
      path: at(`${folder}/${name}.events.jsonl`),
      title: `Events of ${name}`,
    })),
  ]
}

function inOneLine(event: NodeEvent): string {
  return JSON.stringify(event)
}
