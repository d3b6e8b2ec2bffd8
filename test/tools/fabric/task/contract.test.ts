import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { BenchError } from '../../../../protocol/errors.ts'
import {
  parseProgramEnded,
  parseTaskArgument,
  parseTaskRequest,
} from '../../../../tools/fabric/task/contract.ts'

const start = {
  do: 'start',
  program: '/usr/local/bin/node',
  words: ['main.ts'],
  files: [{ name: 'k1@sp.example.key', base64: 'YQ==' }],
  standard: 1,
  errors: 3,
}

describe('what a task is told', () => {
  it('is read as it was written', () => {
    const argument = { name: 'bench-1-node0', relay: { address: '10.1.3.254', port: 4747 } }
    expect(parseTaskArgument(JSON.stringify(argument))).to.deep.equal(argument)
    const gateway = { ...argument, gatewayPort: 4748 }
    expect(parseTaskArgument(JSON.stringify(gateway))).to.deep.equal(gateway)
    for (const request of [start, { do: 'reset' }, { do: 'clock' }])
      expect(parseTaskRequest(request)).to.deep.equal(request)
    const ended = { code: 2, because: 'exit code 2' }
    expect(parseProgramEnded({ ended })).to.deep.equal(ended)
  })

  it('puts no file outside of its folder', () => {
    for (const name of ['', '.', '..', '../x', '/x', 'a/b', 'a\0b', 'x'.repeat(256)]) {
      const files = [{ name, base64: '' }]
      expect(() => parseTaskRequest({ ...start, files }), name).to.throw(BenchError)
    }
  })

  it('is refused with an error of ours when it is anything else', () => {
    const parsers = [parseTaskRequest, parseProgramEnded, (value: unknown) => parseText(value)]
    for (const parse of parsers) {
      fc.assert(
        fc.property(fc.anything(), (value) => {
          try {
            parse(value)
          } catch (error) {
            expect(error).to.be.instanceOf(BenchError)
          }
        }),
        { seed: 42, numRuns: 500 },
      )
    }
    for (const member of Object.keys(start)) {
      const { [member as 'do']: _left, ...rest } = start
      expect(() => parseTaskRequest(rest), member).to.throw(BenchError)
    }
  })
})

function parseText(value: unknown): unknown {
  return parseTaskArgument(typeof value === 'string' ? value : JSON.stringify(value))
}
