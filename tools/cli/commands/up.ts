import { once } from 'node:events'
import { join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { readTopology } from '../../topologyFile.ts'
import { type Command, exitCode, parseOptions, wholeNumber } from '../command.ts'
import { checkMisbehaviours } from '../mutants.ts'
import { describeNetwork } from '../networkText.ts'
import { makeOutFolder, shownPath } from '../run/outFolder.ts'
import { openRuntime, runtimeHelp, runtimeOption, runtimeUsage } from '../run/runtimes.ts'
import { parseSetting, topologyHelp, topologyOptions, topologyUsage } from '../topologyOptions.ts'
import { forgetNetwork, rememberNetwork, runningNetwork } from '../upState.ts'

const usage = `${topologyUsage} ${runtimeUsage} [--out DIR] [--json]`

export const up: Command = {
  usage,
  help: [
    topologyHelp,
    runtimeHelp,
    '  --out DIR          where keys, events and the recording go (default runs/<time>-seed<N>)',
    '  --json             print one JSON line when the network is up, instead of text',
    '',
    'topologies/lone-in-cse.yaml is a plain-HTTP CSE alone: point any client or acceptance suite at it;',
    'its address, port, CSE-ID, CSEBase name and administrator are parameters, e.g. --set port=9090.',
    'docs/play-by-hand.md has commands to try.',
  ].join('\n'),
  async run(args, terminal) {
    const options = { ...topologyOptions, ...runtimeOption, out: { type: 'string' } } as const
    const { values, positionals } = parseOptions('up', usage, args, options, { min: 1, max: 1 })
    const [file = ''] = positionals
    const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
    const topology = readTopology(file)
    const parameters = Object.fromEntries((values.set ?? []).map(parseSetting))
    const runtime = await openRuntime(values.runtime)
    await using block = await runtime.reserve()
    const plan = makePlan(topology, { seed, parameters, addressing: block.addressing })
    checkMisbehaviours(plan, file)
    refuseSecond()
    const folder = makeOutFolder(values.out, new Date(), seed)
    const { signal } = terminal
    const testbed = await runtime.bringUp(plan, {
      folder,
      signal,
      onProgress: (line) => terminal.status(line),
    })
    try {
      rememberNetwork({ topology: plan.name, folder })
      if (values.json) terminal.out(JSON.stringify({ up: plan.name, folder, plan: testbed.plan }))
      else
        for (const line of describeNetwork(testbed.plan, join(folder, 'keys'), testbed.byHand))
          terminal.out(line)
      terminal.note(`bench: ${plan.name} is up; Ctrl-C or ./bench down stops it`)
      if (!signal.aborted) await once(signal, 'abort')
    } finally {
      await testbed.stop()
      forgetNetwork()
    }
    const { failure } = testbed.fabric.recorder
    if (failure !== undefined) throw failure
    terminal.out(`recording: ${shownPath(testbed.recordingPath)}`)
    return exitCode.passed
  },
}

function refuseSecond(): void {
  const network = runningNetwork()
  if (network !== undefined)
    throw new BenchError('USAGE', `${network.topology} is up already (process ${network.pid})`, {
      remedy: 'stop it first: ./bench down',
    })
}
