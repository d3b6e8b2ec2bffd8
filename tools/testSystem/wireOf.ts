import { BenchError } from '../../protocol/errors.ts'
import type { Wire } from '../fabric/fabric.ts'
import type { Testbed } from '../runtimes/runtime.ts'

/** A running wire by its name; INTERNAL when the runtime did not open what the plan has. */
export function wireOf(testbed: Testbed, name: string): Wire {
  const wire = testbed.fabric.wires.get(name)
  if (wire === undefined) throw new BenchError('INTERNAL', `the runtime opened no wire ${name}`)
  return wire
}
