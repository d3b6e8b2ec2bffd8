/** What one part of the tree may import. The first row whose `files` fits a file counts. */
export interface ImportRow {
  readonly files: RegExp
  /** Starts of the paths it may import from. */
  readonly from: readonly string[]
  /** Files it may import types from, besides. */
  readonly typesFrom?: readonly string[]
  /** Modules of Node: all of them, none, or these. */
  readonly builtins: 'all' | readonly string[]
  /** Packages: all of them, or these. */
  readonly packages: 'all' | readonly string[]
  /** Pure code: no clocks, no random, no `process`, no timers, no sockets. */
  readonly isPure?: true
  /** What the row protects, for the message. */
  readonly because: string
}

const everything = ['']

/** The table of the architecture: imports run one way. */
export const importTable: readonly ImportRow[] = [
  {
    files: /^protocol\/crypto\.ts$/,
    from: ['protocol/'],
    builtins: ['crypto'],
    packages: [],
    isPure: true,
    because: 'protocol/ is pure, and this one file may use node:crypto',
  },
  {
    files: /^protocol\//,
    from: ['protocol/'],
    builtins: [],
    packages: [],
    isPure: true,
    because: 'protocol/ is pure and knows no other folder',
  },
  {
    files: /^dtls\//,
    from: ['dtls/', 'protocol/'],
    builtins: ['crypto', 'dgram', 'net'],
    packages: ['koffi'],
    because: 'dtls/ is a package of its own that knows no node and no bench',
  },
  {
    files: /^nodes\//,
    from: ['nodes/', 'protocol/', 'dtls/'],
    builtins: 'all',
    packages: 'all',
    because: 'a node knows nothing of the bench that tests it',
  },
  {
    files: /^topologies\//,
    from: ['topologies/', 'protocol/'],
    builtins: [],
    packages: ['ajv', 'yaml'],
    isPure: true,
    because: 'planning is a pure function of the topology',
  },
  {
    files: /^tools\/(capture|dissect)\//,
    from: ['tools/capture/', 'tools/dissect/', 'protocol/'],
    builtins: 'all',
    packages: 'all',
    because: 'the judge must not know who is judged',
  },
  {
    files: /^tools\/fabric\/(?!task\/)/,
    from: ['tools/fabric/', 'tools/capture/', 'protocol/'],
    builtins: 'all',
    packages: [],
    because: 'the fabric also runs where there is nothing of the bench but the fabric',
  },
  {
    files: /^tools\/(cli|checks|perf)\//,
    from: everything,
    builtins: 'all',
    packages: 'all',
    because: 'this is where things are wired together',
  },
  {
    files: /^tools\/testSystem\//,
    from: ['tools/', 'protocol/', 'dtls/', 'topologies/', 'nodes/', 'suites/framework/'],
    builtins: 'all',
    packages: 'all',
    because: 'the test system does what suites say and reports nothing itself',
  },
  {
    files: /^tools\/load\//,
    from: ['tools/', 'protocol/', 'dtls/', 'topologies/', 'nodes/'],
    typesFrom: ['reports/load/loadRecord.ts'],
    builtins: 'all',
    packages: 'all',
    because: 'a load knows the form of its record, and not how it is shown',
  },
  {
    files: /^tools\//,
    from: ['tools/', 'protocol/', 'dtls/', 'topologies/', 'nodes/'],
    builtins: 'all',
    packages: 'all',
    because: 'what runs a network must not depend on what judges it',
  },
  {
    files: /^suites\/.*\.spec\.ts$/,
    from: ['suites/framework/', 'suites/properties/', 'protocol/'],
    builtins: [],
    packages: ['chai'],
    isPure: true,
    because: "the IUT must be replaceable by anyone's",
  },
  {
    files: /^suites\/properties\//,
    from: ['suites/properties/', 'protocol/'],
    typesFrom: [
      'suites/framework/evidence.ts',
      'suites/framework/testSystem.ts',
      'tools/dissect/trace.ts',
      'topologies/plan.ts',
    ],
    builtins: [],
    packages: [],
    isPure: true,
    because: 'a property is a pure function of evidence',
  },
  {
    files: /^suites\//,
    from: ['suites/', 'protocol/'],
    typesFrom: ['tools/dissect/trace.ts', 'topologies/plan.ts', 'reports/model/runRecord.ts'],
    builtins: [],
    packages: ['chai', 'mocha'],
    because: 'suites act through the test system only',
  },
  {
    files: /^reports\//,
    from: ['reports/'],
    builtins: 'all',
    packages: 'all',
    because: 'a report can be made again from an old run record',
  },
  {
    files: /^test\//,
    from: everything,
    builtins: 'all',
    packages: 'all',
    because: 'tests see all',
  },
]
