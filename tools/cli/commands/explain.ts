import { BenchError } from '../../../protocol/errors.ts'
import { ownIcs } from '../../../suites/framework/ics.ts'
import { selectPurposes } from '../../../suites/framework/selection.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { didYouMean } from '../../../topologies/closest.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import { mutantNamed, mutants } from '../mutants.ts'
import { loadPurposes } from '../run/loadPurposes.ts'

const usage = 'ID'

export const explain: Command = {
  usage,
  help: '  ID is a purpose (./bench list) or a misbehaviour (./bench list --mutants)',
  async run(args, terminal) {
    const { positionals } = parseOptions('explain', usage, args, {}, { min: 1, max: 1 })
    const [id = ''] = positionals
    const purposes = await loadPurposes()
    const purpose = purposes.find((candidate) => candidate.id === id)
    if (purpose !== undefined) explainPurpose(purpose, terminal)
    else explainMutant(id, purposes, terminal)
    return exitCode.passed
  },
}

function explainPurpose(purpose: TestPurpose, terminal: Terminal): void {
  const row = selectPurposes([purpose], { ics: ownIcs })[0]
  const parameters = Object.entries(purpose.topology.parameters ?? {}).map(
    ([name, value]) => ` ${name}=${value}`,
  )
  terminal.out(`${purpose.id} — ${purpose.title}`)
  terminal.out(`  objective    ${purpose.objective}`)
  terminal.out(
    `  requirement  ${purpose.requirement}${purpose.cites === undefined ? '' : `; implements ${purpose.cites}`}`,
  )
  terminal.out(`  asset        ${purpose.asset} (${purpose.framework})`)
  terminal.out(
    `  behaviour    ${purpose.behaviour === 'BV' ? 'valid: must be handled' : 'invalid: must be refused; control before and after'}`,
  )
  terminal.out(
    `  IUT          ${purpose.iut.role}, node ${purpose.iut.node} of topologies/${purpose.topology.file}${parameters.join('')}`,
  )
  terminal.out(`  profile      ${purpose.profile}`)
  terminal.out(`  selection    ${purpose.selection}: ${row?.because ?? 'unknown'}`)
  terminal.out('  properties that must hold in the recording:')
  for (const { name, claim, requirement } of purpose.properties)
    terminal.out(`    ${name}: ${claim} (${requirement})`)
  terminal.out('  mutants it must fail:')
  for (const { misbehaviour, node } of purpose.mutants)
    terminal.out(`    ${misbehaviour} at ${node ?? purpose.iut.node}`)
  terminal.out(`  run it       ./bench run --only ${purpose.id}`)
}

function explainMutant(name: string, purposes: readonly TestPurpose[], terminal: Terminal): void {
  const mutant = mutantNamed(name)
  const known = [...purposes.map(({ id }) => id), ...mutants.map((row) => row.name)]
  if (mutant === undefined)
    throw new BenchError('UNKNOWN_PURPOSE', `${name} is neither a purpose nor a misbehaviour`, {
      remedy: `${didYouMean(name, known)}./bench list shows the purposes, ./bench list --mutants the misbehaviours`,
    })
  terminal.out(`${mutant.name} — ${mutant.summary}`)
  if (mutant.origin !== undefined)
    terminal.out(`  modelled on a hole seen in the field: ${mutant.origin} (docs/holes.md)`)
  const catchers = purposes.filter((purpose) =>
    purpose.mutants.some((use) => use.misbehaviour === name),
  )
  terminal.out(`  caught by ${catchers.map((purpose) => purpose.id).join(', ') || 'nobody'}`)
}
