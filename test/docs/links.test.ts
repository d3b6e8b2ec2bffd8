import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { commandNames } from '../../tools/cli/commands.ts'

const project = join(import.meta.dirname, '..', '..')

function markdownIn(folder: string): string[] {
  const entries = readdirSync(join(project, folder), { withFileTypes: true })
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...markdownIn('docs'),
]
const textOf = (page: string) => readFileSync(join(project, page), 'utf8')

/** Targets within the project, as paths from its root, without what follows a `#`. */
function linksOf(page: string): string[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter((target) => !/^(https?:|#)/.test(target))
    .map((target) => relative('.', join(dirname(page), target.split('#')[0] ?? '')))
}

describe('the documentation', () => {
  it('links only to files that exist', () => {
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !existsSync(join(project, target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(dead).to.deep.equal([])
  })

  it('names only commands that exist', () => {
    const named = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\.\/bench ([a-z]+)/g)].map(([, name]) => `${page}: ${name}`),
    )
    const known = new Set<string>([...commandNames, 'help'])
    expect(named.filter((line) => !known.has(line.split(': ')[1] ?? ''))).to.deep.equal([])
    expect(named).to.have.length.above(30)
  })

  it('can be found from the README, page by page', () => {
    const reached = new Set(['README.md'])
    for (const page of reached)
      for (const target of linksOf(page)) {
        if (target.endsWith('.md') && existsSync(join(project, target))) reached.add(target)
        if (target === 'docs/decisions') for (const one of markdownIn(target)) reached.add(one)
      }
    expect(pages.filter((page) => !reached.has(page))).to.deep.equal([])
  })
})
