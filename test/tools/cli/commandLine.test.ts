import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { commandNames } from '../../../tools/cli/commands.ts'

const project = join(import.meta.dirname, '..', '..', '..')
const main = join(project, 'tools/cli/main.ts')

function bench(...words: string[]) {
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: project })
}

describe('the command line', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-cli-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('lists every command with what it does', () => {
    const { stdout, status } = bench('help')
    expect(status).to.equal(0)
    for (const name of commandNames) expect(stdout).to.match(new RegExp(`^  ${name} +\\S`, 'm'))
  })

  it('documents every exit code that it can end with', () => {
    const page = readFileSync(join(project, 'docs/command-line.md'), 'utf8')
    for (const code of [0, 1, 2, 3, 4, 5, 130])
      expect(page).to.match(new RegExp(`^\\| ${code} \\|`, 'm'))
  })

  it('says what an unknown command could have been, with exit code 2', () => {
    const { stderr, status } = bench('tset')
    expect(status).to.equal(2)
    expect(stderr).to.contain('no command tset').and.to.contain('did you mean test?')
    expect(stderr).to.contain('one of: demo, run')
  })

  it('explains a misbehaviour with the class of holes it is modelled on', () => {
    const { stdout, status } = bench('explain', 'transit-drops-silently')
    expect(status).to.equal(0)
    expect(stdout).to.contain('W17 (docs/holes.md)').and.to.contain('BTP/HOP/PATH/002')
    const wrong = bench('explain', 'BTP/HOP/PATH/0002')
    expect(wrong.status).to.equal(2)
    expect(wrong.stderr).to.contain('did you mean BTP/HOP/PATH/002?')
  })

  it('shows the usage on an unknown option, with exit code 2', () => {
    const { stderr, status } = bench('run', '--sed', '1')
    expect(status).to.equal(2)
    expect(stderr).to.contain("'--sed'").and.to.contain('usage: ./bench run')
  })

  it('refuses values out of range by name and value', () => {
    for (const [words, text] of [
      [['run', '--seed', 'x'], '--seed x'],
      [['run', '--seed', '-1'], '--seed is not followed by its value'],
      [['run', '--repeat', '0'], '--repeat 0'],
      [['run', '--profile', 'fast'], '--profile fast'],
      [['run', '--mutant', 'cse1'], '--mutant cse1'],
    ] as const) {
      const { stderr, status } = bench(...words)
      expect(status, stderr).to.equal(2)
      expect(stderr).to.contain(text)
    }
  })

  it('knows the misbehaviours before anything is started', () => {
    const { stdout, stderr, status } = bench('run', '--mutant', 'cse1:transit-drop-silently')
    expect(status).to.equal(2)
    expect(stderr).to.contain('did you mean transit-drops-silently?')
    expect(stdout).to.equal('')
  })

  it('starts nothing where no network has the node that shall misbehave', () => {
    const out = join(folder, 'run')
    const words = ['run', '--only', 'BTP/HOP/REF/*', '--out', out]
    const { stdout, stderr, status } = bench(...words, '--mutant', 'cse9:origin-unchecked')
    expect(status).to.equal(2)
    expect(stderr).to.contain('has a node cse9 that could commit origin-unchecked')
    expect(stdout).to.equal('')
  })

  it('does not take a node for a mutant that has nothing to misbehave with', () => {
    const words = ['run', '--only', 'BTP/HOP/PATH/002', '--out', join(folder, 'run')]
    const { stderr, status } = bench(...words, '--mutant', 'ae1:origin-unchecked')
    expect(status).to.equal(2)
    expect(stderr).to.contain('has a node ae1 that could commit origin-unchecked')
  })

  it('checks the misbehaviours of a topology before anything is started', () => {
    const file = join(folder, 'mutant.yaml')
    for (const [node, text] of [
      ['b: { kind: in, misbehaviours: [origin-uncheked] }', 'did you mean origin-unchecked?'],
      [
        'b: { kind: in }\n  a: { kind: adn, registrar: b, misbehaviours: [origin-unchecked] }',
        'a cannot commit origin-unchecked: it has no CSE',
      ],
    ] as const) {
      writeFileSync(file, `name: mutant\nnodes:\n  ${node}\n`)
      for (const command of ['validate', 'up']) {
        const { stderr, status } = bench(command, file)
        expect(status, command).to.equal(2)
        expect(stderr).to.contain(text)
      }
    }
  })

  it('leaves purposes out whose network has no node that shall misbehave', () => {
    const chains = ['--only', 'BTP/HOP/PATH/002', '--only', 'BTP/HOP/PATH/006']
    const mutant = ['--mutant', 'cse1:transit-drops-silently']
    const { stdout, status } = bench('run', ...chains, ...mutant, '--out', join(folder, 'run'))
    expect(status).to.equal(1)
    expect(stdout).to.match(/^FAIL +BTP\/HOP\/PATH\/002 /m)
    expect(stdout).to.match(/^selected 1, executed 1: /m)
    const record = readFileSync(join(folder, 'run', 'run.json'), 'utf8')
    expect(record).to.contain(
      'its network has no node cse1 that could commit transit-drops-silently',
    )
  })

  it('takes another network for the reference network, from the folder it is called in', () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, readFileSync(join(project, 'topologies/reference.yaml')))
    const words = [main, 'run', '--topology', 'mine.yaml', '--only', 'BTP/HOP/PATH/001']
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...words, '--out', join(folder, 'run')],
      { encoding: 'utf8', cwd: folder },
    )
    expect(status, stdout + stderr).to.equal(0)
  })

  it('starts nothing with a network that cannot stand in for the reference network', () => {
    for (const [file, text] of [
      ['topologies/smallest.yaml', 'it has no node'],
      ['missing.yaml', 'missing.yaml'],
      ['README.md', 'not valid YAML'],
    ] as const) {
      const { stdout, stderr, status } = bench('run', '--topology', file)
      expect(status, file).to.equal(2)
      expect(stderr).to.contain(text)
      expect(stdout).to.equal('')
    }
  })

  it('starts nothing for a topology that is wrong, and names line and column of every problem', () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(
      file,
      'name: bad\nnodes:\n  a: { kind: adn, registrar: nobody }\n  b: { kind: in, colour: red }\n',
    )
    const { stderr, status } = bench('validate', file)
    expect(status).to.equal(2)
    expect(stderr)
      .to.match(/bad\.yaml:3:\d+/)
      .and.to.match(/bad\.yaml:4:\d+/)
  })

  it('names the file that it cannot read', () => {
    for (const command of ['validate', 'plan', 'graph', 'verify', 'report']) {
      const { stderr, status } = bench(command, join(folder, 'missing'))
      expect(status, command).to.equal(2)
      expect(stderr, command).to.contain(join(folder, 'missing'))
    }
  })

  it('says that a selection holds nothing', () => {
    const unknown = bench('list', '--profile', 'full', '--only', 'BTP/NOTHING/*')
    expect(unknown.status).to.equal(2)
    expect(unknown.stderr).to.contain('no purpose fits "BTP/NOTHING/*"')
    const empty = bench('list', '--profile', 'plugfest')
    expect(empty.status).to.equal(4)
    expect(empty.stderr).to.contain('no purpose belongs to the profile plugfest')
  })

  it('does not write into a folder that holds something', () => {
    writeFileSync(join(folder, 'precious'), 'x')
    const { stderr, status } = bench('demo', '--out', folder)
    expect(status).to.equal(2)
    expect(stderr).to.contain('not empty')
    expect(readFileSync(join(folder, 'precious'), 'utf8')).to.equal('x')
  })

  it('says that it cannot write where nobody can, and does not wait for it', () => {
    writeFileSync(join(folder, 'file'), '')
    for (const words of [
      ['graph', 'topologies/reference.yaml', '--out', join(folder, 'file', 'a.svg')],
      ['demo', '--out', join(folder, 'file', 'run')],
    ]) {
      const { stderr, status } = bench(...words)
      expect(status, stderr).to.equal(2)
      expect(stderr)
        .to.contain('--out')
        .and.to.match(/cannot be (made|written)/)
    }
  })

  it('draws a topology as SVG and as Mermaid', () => {
    const svg = execFileSync(process.execPath, [main, 'graph', 'topologies/reference.yaml'], {
      cwd: project,
    }).toString()
    expect(svg).to.match(/^<svg/).and.to.contain('</svg>')
    const { stdout } = bench('graph', 'topologies/reference.yaml', '--format', 'mermaid')
    expect(stdout).to.match(/^(flowchart|graph) /m)
  })
})
