import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { parseRunRecord } from '../../../reports/model/parseRunRecord.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import { type Checkout, makeCheckout } from './checkout.ts'
import { leftRunning } from './leftBehind.ts'

/** Ways to have no room; each takes the folder that gets full. Sizes are where different files are the first without room. */
const disks: readonly { readonly name: string; readonly through: (at: string) => string[] }[] = [
  ...[4, 40].map((units) => ({
    name: `files of at most ${units / 2} KiB`,
    through: () => ['sh', '-c', `ulimit -f ${units}; exec "$@"`, 'sh'],
  })),
  // A disk of its own, in a name space of its own: where the kernel lets an ordinary user have one.
  ...(canMount() ? [16, 64, 120, 200] : []).map((kib) => ({
    name: `a disk of ${kib} KiB`,
    through: (at: string) => mounting(`size=${kib}k`, at),
  })),
]

function mounting(options: string, at: string): string[] {
  const script = `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`
  return ['unshare', '-rm', 'sh', '-c', script, at]
}

function canMount(): boolean {
  const at = mkdtempSync(join(tmpdir(), 'onem2m-bench-mount-'))
  const [program = '', ...words] = [...mounting('size=16k', at), 'true']
  const { status } = spawnSync(program, words)
  rmSync(at, { recursive: true })
  return status === 0
}

describe('a full disk', function () {
  this.timeout(60_000)
  let checkout: Checkout
  let folder = ''
  before(() => {
    checkout = makeCheckout()
    folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-full-'))
  })
  after(() => {
    checkout.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const { name, through } of disks)
    it(`ends a run in error, never in a pass or in doubt: ${name}`, async () => {
      const disk = mkdtempSync(join(folder, 'disk-'))
      const words = ['run', '--profile', 'smoke', '--json', '--out', join(disk, 'run')]
      const { status, stdout, stderr } = await checkout.bench(words, { through: through(disk) })
      expect(status, stderr).to.equal(3)
      expect(stderr)
        .to.contain('DISK_FULL')
        .and.to.match(/make room/)
      const record = recordIn(stdout)
      expect(new Set(record.purposes.map(({ verdict }) => verdict))).to.include('error')
      for (const { id, verdict, reason, evidence } of record.purposes) {
        expect(verdict, `${id}: ${reason}`).to.be.oneOf(['pass', 'error'])
        if (verdict === 'error') expect(reason).to.match(/DISK_FULL|disk is full/)
        // What passed did so with everything that it takes to judge it again.
        else expect(evidence.filter(({ sha256 }) => sha256 !== undefined)).to.have.length(4)
      }
      expect(globSync('**/*.{partial,unfinished}', { cwd: disk })).to.deep.equal([])
      expect(leftRunning(checkout)).to.deep.equal([])
    })

  it('is no success of ./bench up either: its recording is not whole', async () => {
    const out = join(folder, 'up')
    const { status, stderr } = await checkout.bench(
      ['up', 'topologies/reference.yaml', '--out', out],
      {
        through: ['sh', '-c', 'ulimit -f 8; exec "$@"', 'sh'],
        onOutput: (printed, send) => {
          if (printed.includes(' is up;') && !printed.includes('interrupted')) send('SIGINT')
        },
      },
    )
    expect(status, stderr).to.equal(3)
    expect(stderr).to.contain('DISK_FULL').and.to.contain(join(out, 'recording.pcapng'))
    expect(leftRunning(checkout)).to.deep.equal([])
  })
})

function recordIn(stdout: string): RunRecord {
  const parsed = parseRunRecord(stdout.split('\n')[0] ?? '', 'standard output')
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}
