import { ownIcs } from '../../../suites/framework/ics.ts'
import { selectPurposes } from '../../../suites/framework/selection.ts'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { mutants } from '../mutants.ts'
import { loadPurposes } from '../run/loadPurposes.ts'
import { parseProfile } from './run.ts'

const usage = '[--profile smoke|ci|full|plugfest] [--only ID|GLOB]... [--mutants] [--json]'

export const list: Command = {
  usage,
  help: [
    '  --profile NAME   only what this profile runs (default full)',
    '  --only ID|GLOB   only these',
    '  --mutants        the misbehaviours that nodes can commit on request; a code like W17 is the class of',
    '                   holes seen in the field that one is modelled on (docs/holes.md)',
    '  --json           as JSON',
  ].join('\n'),
  async run(args, terminal) {
    const { values } = parseOptions('list', usage, args, optionTable, { min: 0, max: 0 })
    if (values.mutants) {
      if (values.json) terminal.out(JSON.stringify(mutants, null, 2))
      else
        for (const { name, origin, summary } of mutants)
          terminal.out(`${name.padEnd(36)} ${(origin ?? '-').padEnd(3)}  ${summary}`)
      return exitCode.passed
    }
    const rows = selectPurposes(await loadPurposes(), {
      ics: ownIcs,
      profile: parseProfile(values.profile ?? 'full'),
      ...(values.only === undefined ? {} : { only: values.only }),
    })
    const shown = rows.filter((row) => row.selected)
    if (values.json)
      terminal.out(
        JSON.stringify(
          shown.map(({ purpose }) => toRow(purpose)),
          null,
          2,
        ),
      )
    else
      for (const { purpose } of shown)
        terminal.out(
          `${purpose.id.padEnd(22)} ${purpose.profile.padEnd(6)} ${purpose.requirement.padEnd(20)} ${purpose.title}`,
        )
    if (shown.length === 0)
      terminal.note(`bench: no purpose belongs to the profile ${values.profile ?? 'full'} yet`)
    return shown.length > 0 ? exitCode.passed : exitCode.nothingExecuted
  },
}

const optionTable = {
  profile: { type: 'string' },
  only: { type: 'string', multiple: true },
  mutants: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

type Purpose = Awaited<ReturnType<typeof loadPurposes>>[number]

/** All of a purpose that is data: JSON leaves its functions out, properties go by name. */
function toRow(purpose: Purpose): Record<string, unknown> {
  return { ...purpose, properties: purpose.properties.map((property) => property.name) }
}
