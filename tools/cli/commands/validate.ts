import { counted } from '../../../suites/properties/result.ts'
import { type Command, exitCode } from '../command.ts'
import { planFromWords, topologyHelp, topologyUsage } from '../topologyOptions.ts'

export const validate: Command = {
  usage: topologyUsage,
  help: topologyHelp,
  async run(args, terminal) {
    const { plan, file } = planFromWords('validate', topologyUsage, args)
    terminal.out(
      `${file}: sound; ${counted(plan.nodes.length, 'node')}, ${counted(plan.links.length, 'link')}, ${counted(plan.credentials.length, 'credential')}`,
    )
    return exitCode.passed
  },
}
