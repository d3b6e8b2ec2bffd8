import { expect } from 'chai'
import { describe, it } from 'mocha'
import { parseTopology } from '../../topologies/parse.ts'
import { planOf, problemsOf, sound } from './examples.ts'

const base = `name: base
nodes:
  ae1: { kind: adn, registrar: cse1 }
  cse1: { kind: mn, registrar: cse2 }
  cse2: { kind: in }
`

/** What is wrong with a text, where it is said to be wrong, and a word of what is said. */
const cases: readonly (readonly [what: string, text: string, at: string, says: RegExp])[] = [
  ['an unknown field', `nam: x\n${base}`, '1:1', /unknown field `nam`, did you mean `name`/],
  [
    'an unknown field of a node',
    base.replace('kind: mn,', 'kind: mn, registar: x,'),
    '4:21',
    /unknown field `registar`, did you mean `registrar`/,
  ],
  ['a duplicate name', `${base}  cse2: { kind: in }\n`, '6:3', /`cse2` is used twice/],
  ['no node', 'name: none\nnodes: {}\n', '2:1', /`nodes` is empty/],
  ['no nodes field', 'name: none\n', '1:1', /`nodes` is missing/],
  [
    'a registration loop',
    'name: loop\nnodes:\n  a: { kind: mn, registrar: b }\n  b: { kind: mn, registrar: a }\n',
    '3:29',
    /registration loop: a -> b -> a/,
  ],
  [
    'a node that registers with itself',
    'name: loop\nnodes:\n  a: { kind: mn, registrar: a }\n',
    '3:29',
    /registration loop: a -> a/,
  ],
  ['a missing registrar', base.replace(', registrar: cse1', ''), '3:3', /`ae1` has no registrar/],
  [
    'an unknown registrar',
    base.replace('registrar: cse1', 'registrar: cse9'),
    '3:32',
    /`cse9`, which is not in the file; did you mean `cse1`/,
  ],
  [
    'an ADN that registers with an ADN',
    `${base}  ae2: { kind: adn, registrar: ae1 }\n`,
    '6:32',
    /registers with `ae1`, which is an ADN/,
  ],
  [
    'two registrars',
    base.replace('registrar: cse1', 'registrar: [cse1, cse2]'),
    '3:21',
    /a list of 2, and must be one string/,
  ],
  [
    'an IN with a registrar',
    base.replace('kind: in', 'kind: in, registrar: cse1'),
    '5:32',
    /is an IN and has the registrar `cse1`/,
  ],
  ['a second IN', `${base}  cse3: { kind: in }\n`, '6:3', /second IN beside `cse2`/],
  [
    'a framework that does not fit the binding',
    `${base}security: { saef: maf }\n`,
    '6:1',
    /`saef: maf` does not fit the binding http/,
  ],
  [
    'a binding nobody speaks',
    `${base}links:\n  ae1-cse1: { binding: coap }\n`,
    '7:24',
    /do not speak coap/,
  ],
  [
    'an unknown suite',
    `${base}security: { saef: psk, suites: [TLS_NO_SUCH] }\n`,
    '6:33',
    /unknown suite `TLS_NO_SUCH`/,
  ],
  [
    'a suite without symmetric key',
    `${base}security: { saef: psk, suites: [TLS_RSA_WITH_AES_128_CBC_SHA] }\n`,
    '6:33',
    /does not authenticate with a symmetric key/,
  ],
  [
    'a missing credential',
    `${base}links:\n  ae1-cse1: { credential: k1 }\n`,
    '7:27',
    /uses the credential `k1`, which is not declared/,
  ],
  [
    'an unknown link',
    `${base}links:\n  ae1-cse3: { security: none }\n`,
    '7:3',
    /no link `ae1-cse3`; did you mean `ae1-cse1`/,
  ],
  [
    'a bad CSE-ID',
    base.replace('kind: in', 'kind: in, cse: { id: cse2 }'),
    '5:32',
    /`cse2` is not a CSE-ID/,
  ],
  [
    'a CSE-ID that reads as an AE-ID',
    base.replace('kind: in', 'kind: in, cse: { id: /SERVER }'),
    '5:32',
    /cannot be told from the AE-ID/,
  ],
  [
    'a bad App-ID',
    base.replace('registrar: cse1', 'registrar: cse1, aes: [{ name: A, appId: xyz }]'),
    '3:62',
    /`xyz` is not an App-ID/,
  ],
  [
    'a bad AE-ID-Stem',
    base.replace('registrar: cse1', 'registrar: cse1, aes: [{ name: A, stem: XAE }]'),
    '3:61',
    /`XAE` is not an AE-ID-Stem/,
  ],
  ['a bad SP-ID', `${base}serviceProvider: SP.Example\n`, '6:18', /not an M2M-SP-ID/],
  [
    'a bad KpsaID',
    `${base}credentials: { k1: { id: no-issuer } }\n`,
    '6:26',
    /`no-issuer` is not a KpsaID/,
  ],
  [
    'an invalid address',
    base.replace('kind: in', 'kind: in, address: 127.0.0.300'),
    '5:30',
    /`address: 127.0.0.300` is not an IPv4 address/,
  ],
  [
    'a duplicate address',
    base
      .replace('kind: in', 'kind: in, address: 127.0.0.5')
      .replace('kind: mn,', 'kind: mn, address: 127.0.0.5,'),
    '5:30',
    /both have the address 127.0.0.5/,
  ],
  ['an invalid port', base.replace('kind: in', 'kind: in, port: 65536'), '5:27', /65535/],
  [
    'a port without CSE',
    base.replace('kind: adn,', 'kind: adn, port: 80,'),
    '3:27',
    /no CSE that could listen/,
  ],
  [
    'repeat 0',
    base.replace('kind: adn,', 'kind: adn, repeat: 0,'),
    '3:29',
    /`repeat: 0` makes no `ae1`/,
  ],
  ['repeat 1001', base.replace('kind: adn,', 'kind: adn, repeat: 1001,'), '3:29', /<= 1000/],
  [
    'an unknown parameter',
    base.replace('kind: adn,', 'kind: adn, repeat: $many,'),
    '3:29',
    /unknown parameter `many`/,
  ],
  [
    'a parameter outside its bounds',
    `parameters: { n: { default: 9, maximum: 3 } }\n${base}`,
    '1:15',
    /parameter `n` is 9, allowed is -Infinity to 3/,
  ],
  [
    'a name clash after expansion',
    `${base}  cse: { kind: mn, repeat: 3, registrar: cse2 }\n`,
    '6:3',
    /both make a node named `cse1`/,
  ],
  [
    'a repeated registrar without per',
    base.replace('kind: mn,', 'kind: mn, repeat: 2,'),
    '3:32',
    /could be any of 2 nodes/,
  ],
  [
    'per something single',
    base.replace('kind: adn,', 'kind: adn, per: cse1,'),
    '3:26',
    /`per: cse1` is not a repeated node/,
  ],
  ['a chain of nothing', base.replace('kind: mn,', 'kind: mn, chain: true,'), '4:28', /chain of/],
  [
    'an AE name used twice',
    `${base}  AE1: { kind: adn, registrar: cse1 }\n`,
    '6:3',
    /entity name `AE1` is used by `ae1` and by `AE1`/,
  ],
  ['an ASN without AE', `${base}  a: { kind: asn, registrar: cse2, aes: [] }\n`, '6:36', /no AE/],
  ['a CSE on an ADN', base.replace('kind: adn,', 'kind: adn, cse: {},'), '3:21', /has no CSE/],
  [
    'datagrams dropped on TCP',
    `${base}links:\n  ae1-cse1: { impair: { drop: 0.5 } }\n`,
    '7:31',
    /runs over TCP/,
  ],
  [
    'secured and plain links on one listener',
    `${base}links:\n  ae1-cse1: { security: none }\n`,
    '7:3',
    /both end at the one listener of `cse1`/,
  ],
  [
    'two links of one name',
    'name: x\nnodes:\n  a: { kind: adn, registrar: b-c }\n  a-b: { kind: adn, registrar: c }\n  b-c: { kind: mn, registrar: c }\n  c: { kind: in }\n',
    '4:32',
    /would both be named `a-b-c`/,
  ],
  [
    'a credential on two links',
    `${base}credentials: { k: { id: k@sp.example } }\nlinks:\n  ae1-cse1: { credential: k }\n  cse1-cse2: { credential: k }\n`,
    '9:28',
    /is used on `ae1-cse1` and on `cse1-cse2`/,
  ],
  [
    'a credential on a plain link',
    `${base}security: none\ncredentials: { k: { id: k@sp.example } }\nlinks: { ae1-cse1: { credential: k } }\n`,
    '8:34',
    /uses the credential `k` and has no security/,
  ],
  [
    'one credential for two AEs',
    `${base.replace('cse1 }', 'cse1, aes: [{ name: A }, { name: B }] }')}credentials: { k: { id: k@sp.example } }\nlinks: { ae1-cse1: { credential: k } }\n`,
    '7:34',
    /carries 2 AEs, a credential belongs to one/,
  ],
  [
    'a suite that cannot be run',
    `${base}security: { saef: psk, suites: [TLS_PSK_WITH_RC4_128_SHA] }\n`,
    '6:33',
    /this bench cannot run/,
  ],
  [
    'a chain per something',
    `${base}  m: { kind: mn, repeat: 2, registrar: cse2 }\n  n: { kind: mn, repeat: 2, chain: true, per: m, registrar: m }\n`,
    '7:47',
    /both `chain` and `per`/,
  ],
  ['broken YAML', 'name: [\n', '2:1', /not valid YAML/],
  ['something else than a topology', '- 1\n', '1:1', /must be one object/],
  ['an empty file', '', '1:1', /must be object/],
  ['a bad node name', base.replace('ae1:', '"a e":'), '3:3', /`a e` is not a name in `nodes`/],
]

describe('parseTopology', () => {
  it('accepts the base of all cases', () => {
    expect(problemsOf(base)).to.deep.equal([])
  })

  for (const [what, text, at, says] of cases) {
    it(`refuses ${what}, with its place`, () => {
      const problems = problemsOf(text)
      const fitting = problems.find((problem) => says.test(problem))
      expect(fitting, problems.join('\n') || 'no problem').to.be.a('string')
      expect(fitting?.split(' ')[0]).to.equal(at)
    })
  }

  it('gives a remedy with every problem', () => {
    for (const [, text] of cases) {
      const parsed = parseTopology(text, 'test.yaml')
      expect(parsed.ok).to.equal(false)
      if (parsed.ok) continue
      for (const { remedy, position } of parsed.errors) {
        expect(remedy).to.match(/\w{3}/)
        expect(position.file).to.equal('test.yaml')
      }
    }
  })

  it('finds unrelated problems all at once, from the top down, and does not repeat itself', () => {
    const text = [
      'name: many',
      'securty: none',
      'nodes:',
      '  ae1: { kind: adnn, registrar: cse1 }',
      '  ae2: { kind: adn, registrar: ae1 }',
      '  ae3: { kind: adn, registrar: nowhere }',
      '  cse1: { kind: mn, registrar: cse3, cse: { id: bad } }',
      '  cse3: { kind: mn, registrar: cse1, port: $gone }',
      '  cse2: { kind: in, address: here }',
      'links: { ae3-cse2: { security: none } }',
      '',
    ].join('\n')
    const lines = problemsOf(text).map((problem) => Number(problem.split(':')[0]))
    expect(lines).to.deep.equal([2, 4, 6, 7, 7, 8, 9, 10])
  })

  it('does not follow a refused field up with what follows from it', () => {
    expect(problemsOf(base.replace('registrar: cse1', 'registrar: [cse1, cse2]'))).to.have.length(1)
    expect(problemsOf(base.replace('kind: mn,', 'kind: mm,'))).to.have.length(1)
    expect(problemsOf(base.replace('kind: mn,', 'kind: mn, repeat: -1,'))).to.have.length(1)
  })

  it('says once what every node of a repeated entry gets wrong', () => {
    const text = base.replace('kind: adn,', 'kind: adn, repeat: 50,').replace('cse1 }', 'gone }')
    expect(problemsOf(text)).to.have.length(1)
  })

  it('puts parameters into scalars, whole and within a text', () => {
    const text = `parameters: { on: true, n: 3, id: x }\n${base}`
      .replace('kind: adn,', 'kind: adn, repeat: $n, reachable: $on,')
      .replace('kind: in', `kind: in, cse: { id: '/pre-$\{id}-post' }`)
    const plan = planOf(sound(text), { parameters: { n: 2 } })
    expect(plan.parameters).to.deep.equal({ on: true, n: 2, id: 'x' })
    expect(plan.nodes[0]?.cse?.cseId).to.equal('/pre-x-post')
    const devices = plan.nodes.filter(({ kind }) => kind === 'adn')
    expect(devices.map(({ aes }) => aes[0]?.requestReachable)).to.deep.equal([true, true])
  })

  it('refuses a file that is too long, unread', () => {
    expect(problemsOf(`name: ${'x'.repeat(300_000)}`)[0]).to.match(/longer than/)
  })

  it('survives deep nesting and aliases that multiply', () => {
    for (const deep of ['['.repeat(50_000), '- '.repeat(50_000), '{a: '.repeat(50_000)]) {
      expect(problemsOf(deep)[0]).to.match(/nested deeper than/)
    }
    const stairs = Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n')
    expect(problemsOf(stairs)[0]).to.match(/nested deeper than/)
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
    for (let step = 1; step < 9; step++) {
      const [before, name] = ['abcdefghij'[step - 1], 'abcdefghij'[step]]
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`)
    }
    expect(problemsOf(bomb.join('\n'))[0]).to.match(/cannot be read as YAML/)
  })
})
