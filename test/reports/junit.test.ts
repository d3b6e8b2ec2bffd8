import { expect } from 'chai'
import { describe, it } from 'mocha'
import { groupOf, toJUnit } from '../../reports/junit.ts'
import { purpose, record } from './fixtures.ts'
import { hostile, hostileTexts } from './hostile.ts'
import { failingRun, goodRun, interruptedRun, mutants } from './runs.ts'

describe('JUnit', () => {
  it('has one case per purpose under its group', () => {
    const xml = toJUnit(goodRun())
    expect(xml.match(/<testcase /g)).to.have.length(5)
    expect(xml).to.match(/<testsuite name="BTP\/SAEF\/PSK" tests="3" failures="0" errors="0"/)
    expect(xml).to.match(/classname="BTP\/SAEF\/PSK"/)
    expect(groupOf('BTP/REG/AE/004')).to.equal('BTP/REG/AE')
  })

  it('keeps a pass free of outcome elements and tells why a purpose was skipped', () => {
    const xml = toJUnit(goodRun())
    expect(xml).not.to.match(/<failure|<error/)
    expect(xml).to.match(/<skipped message="not selected: ICS_MN_CSE is false"\/>/)
  })

  it('maps fail to failure, inconc and error to error, each with its type', () => {
    const xml = toJUnit(failingRun())
    expect(xml.match(/<failure message="[^"]+" type="fail">/g)).to.have.length(2)
    expect(xml.match(/<error message="[^"]+" type="inconc">/g)).to.have.length(1)
    expect(xml.match(/<error message="[^"]+" type="error">/g)).to.have.length(1)
    expect(xml).to.match(/<testsuites name="onem2m-bench" tests="9" failures="2" errors="4"/)
  })

  it('gives the frames of a violated property and how to run it again', () => {
    const xml = toJUnit(failingRun())
    expect(xml).to.match(/journey-is-expected-path violated: expected .*\(AE1-CSE1 frame 12\)/)
    expect(xml).to.match(/reproduce: \.\/bench run --only BTP\/HOP\/PATH\/001 --seed 42/)
  })

  it('turns an interruption, purposes that did not run and survivors into errors', () => {
    const interrupted = toJUnit(interruptedRun())
    expect(interrupted).to.match(/<error message="interrupted: SIGINT/)
    expect(interrupted).to.match(/<error message="22 selected purposes did not run"/)
    expect(interrupted).to.match(/<testsuites [^>]*errors="2"/)
    const survived = toJUnit(record([purpose()], { mutants: mutants() }))
    expect(survived).to.match(/<error message="the mutant compressed-copy survived"/)
  })

  it('holds only characters of XML 1.0, and no markup from outside', () => {
    for (const offset of hostileTexts.keys()) {
      const xml = toJUnit(hostile(failingRun(), offset))
      expect(xml).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/)
      expect(xml).not.to.match(/<script|<img|<!--|]]>/)
    }
  })
})
