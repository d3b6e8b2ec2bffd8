import { type Command, exitCode } from '../command.ts'
import { planFromWords, topologyHelp, topologyUsage } from '../topologyOptions.ts'

export const validate: Command = {
  usage: topologyUsage,
  help: topologyHelp,
  async run(args, terminal) {
    const { plan, file } = planFromWords('validate', topologyUsage, args)
    terminal.out(
      `${file}: sound; ${plan.nodes.length} nodes, ${plan.links.length} links, ${plan.credentials.length} credentials`,
    )
    return exitCode.passed
  },
}
