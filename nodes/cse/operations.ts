import { Operation } from '../../protocol/primitive.ts'
import { create } from './create.ts'
import { notify } from './notify.ts'
import { remove } from './remove.ts'
import { retrieve } from './retrieve.ts'
import type { Target } from './target.ts'
import { update } from './update.ts'
import { refuse, type StepOutcome, type Work } from './work.ts'

type OperationStep = (work: Work, target: Target) => StepOutcome

const operations: Readonly<Record<Operation, OperationStep>> = {
  [Operation.create]: create,
  [Operation.retrieve]: retrieve,
  [Operation.update]: update,
  [Operation.delete]: remove,
  [Operation.notify]: notify,
}

/** What `la` and `ol` can be asked for. */
const onVirtual: ReadonlySet<Operation> = new Set([Operation.retrieve, Operation.delete])

/** Recv-6.4 to 6.7: checks of the representation, the operation itself, the response. */
export function operate(work: Work): StepOutcome {
  const { request, target } = work
  if (target === undefined) return refuse(request, 5000, 'no target')
  if (target.virtual !== undefined && !onVirtual.has(request.op)) {
    return refuse(request, 4005, `${target.virtual} can only be retrieved and deleted`)
  }
  return operations[request.op](work, target)
}
