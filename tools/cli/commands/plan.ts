import { describePlan } from '../../../topologies/describePlan.ts'
import { type Command, exitCode } from '../command.ts'
import { planFromWords, topologyHelp, topologyUsage } from '../topologyOptions.ts'

const usage = `${topologyUsage} [--json]`

export const plan: Command = {
  usage,
  help: `${topologyHelp}\n  --json             print the plan as JSON (no keys are in it)`,
  async run(args, terminal) {
    const planned = planFromWords('plan', usage, args)
    terminal.out(
      planned.json ? JSON.stringify(planned.plan, null, 2) : describePlan(planned.plan).trimEnd(),
    )
    return exitCode.passed
  },
}
