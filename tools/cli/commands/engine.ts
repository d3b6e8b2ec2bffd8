import { writeFileSync } from 'node:fs'
import { BenchError } from '../../../protocol/errors.ts'
import { connectEngine } from '../../engine/connect.ts'
import { stopDaemon } from '../../engine/daemon.ts'
import { imageContents } from '../../engine/image/contents.ts'
import { ensureImage } from '../../engine/image.ts'
import { benchFolder } from '../benchVersion.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import { fixEngine } from '../containerEngine.ts'

const usage = 'start | stop | image [--base IMAGE] | sbom [FILE]'

export const engine: Command = {
  usage,
  help: [
    '  start          an engine that answers: the one there is, or Docker installed and started (Debian)',
    '  stop           end the engine that the bench started, with all that runs in it; no other',
    '  image          build the image of the nodes now; runs build it by themselves when the code changed',
    '  --base IMAGE   put it upon this image, which has glibc, libstdc++ and tcpdump; default: upon nothing',
    '  sbom           print what goes into the image, in CycloneDX (or write it to FILE); needs no engine',
  ].join('\n'),
  async run(args, terminal) {
    const options = { base: { type: 'string' } } as const
    const { values, positionals } = parseOptions('engine', usage, args, options, { min: 1, max: 2 })
    const [name = '', file] = positionals
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (action === undefined || (file !== undefined && name !== 'sbom'))
      throw new BenchError('USAGE', `engine: unexpected ${positionals.join(' ')}`, {
        remedy: `usage: ./bench engine ${usage}`,
      })
    return action(terminal, { ...(values.base !== undefined && { base: values.base }), file })
  },
}

interface Words {
  readonly base?: string
  readonly file: string | undefined
}

const actions: Readonly<Record<string, (terminal: Terminal, words: Words) => Promise<number>>> = {
  async start(terminal) {
    terminal.out((await fixEngine(terminal)).describe())
    return exitCode.passed
  },
  async stop(terminal) {
    const stopped = await stopDaemon(benchFolder)
    terminal.out(stopped ? 'the engine is stopped' : 'the bench has started no engine')
    return stopped ? exitCode.passed : exitCode.nothingExecuted
  },
  async image(terminal, { base }) {
    const image = await ensureImage(await connectEngine(), {
      ...(base !== undefined && { baseImage: base }),
      onProgress: (line) => terminal.note(`bench: ${line}`),
      signal: terminal.signal,
    })
    const how = image.built ? 'built' : 'was there'
    const size = `${Math.round(image.bytes / 1e6)} MB`
    terminal.out(`${image.name} ${how}, ${size}, ${(image.tookMs / 1000).toFixed(1)} s`)
    return exitCode.passed
  },
  async sbom(terminal, { file }) {
    const bill = imageContents(benchFolder).bill()
    if (file === undefined) terminal.out(bill.trimEnd())
    else write(file, bill)
    return exitCode.passed
  },
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    const remedy = 'name a file in a folder that exists and may be written to'
    throw new BenchError('FILE_UNREADABLE', `${file} cannot be written`, { remedy, cause })
  }
}
