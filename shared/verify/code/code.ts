import { quote } from '../quote.ts'
import { PROGRAM_LIMITS, type ProgramRun, type Sandbox } from '../sandbox.ts'
import { defineVerifier, type Outcome } from '../verifier.ts'
import { programOf } from './extract.ts'
import { noSandbox } from './no-sandbox.ts'
import { sameValue } from './same-value.ts'
import { type CodeSpec, type CodeTest, codeSpec } from './spec.ts'

/** Milliseconds that all tests of one response may take together, where nothing shares them. */
const ALLOWANCE_MS = 20_000

/**
 * The program in the response passes every test, each in a sandbox that nothing was run in before. Expected output
 * and values never enter the sandbox; the text of an `assert` does.
 */
export const code = defineVerifier({
  kind: 'code',
  summary:
    'The program in the response passes every test, run in a sandbox without network or files. Expected output and values stay outside the sandbox.',
  schema: codeSpec,
  async run(spec, { response, share, sandbox }) {
    const expected = `${spec.tests.length} ${spec.tests.length === 1 ? 'test' : 'tests'} in ${spec.language} passed`
    if (sandbox?.elsewhere?.languages.includes(spec.language)) return sandbox.elsewhere.check(spec, response)
    if (!sandbox?.languages.includes(spec.language)) {
      return { passed: null, expected, received: '', reason: noSandbox(spec.language) }
    }
    const program = [spec.setup, programOf(response, spec.language, spec.extract)]
      .filter(Boolean)
      .join('\n\n')
    if (program.length > PROGRAM_LIMITS.characters / 2) {
      const received = `a program of ${program.length} characters`
      return { passed: false, expected: `at most ${PROGRAM_LIMITS.characters / 2} characters`, received }
    }
    return runTests(spec, program, ALLOWANCE_MS * share, sandbox, expected)
  },
})

async function runTests(
  spec: CodeSpec,
  program: string,
  allowance: number,
  sandbox: Sandbox,
  expected: string,
): Promise<Outcome> {
  let left = allowance
  for (const [index, test] of spec.tests.entries()) {
    const milliseconds = Math.max(1, Math.floor(Math.min(spec.timeout_ms, left)))
    const run = await sandbox.run({
      language: spec.language,
      source: program,
      stdin: 'expected_stdout' in test ? test.stdin : '',
      epilogue: epilogueOf(test, spec.entry_point),
      milliseconds,
    })
    left -= run.milliseconds
    const place = `test ${index + 1} of ${spec.tests.length}`
    const wanted = `${place}: ${wantedBy(test)}`
    if (run.ended === 'timeout' && milliseconds < spec.timeout_ms) {
      const reason = `The tests of this call took too long together, up to ${place}: send fewer tests, verifiers or responses in one call.`
      return { passed: null, expected: wanted, received: received(run, test), reason }
    }
    if (!passes(run, test, spec.tolerance)) {
      return { passed: false, expected: wanted, received: `${place}: ${received(run, test)}` }
    }
  }
  return { passed: true, expected, received: expected }
}

function epilogueOf(test: CodeTest, entryPoint = '') {
  if ('assert' in test) return { assert: test.assert }
  return 'arguments' in test ? { call: entryPoint, with: test.arguments } : null
}

function passes(run: ProgramRun, test: CodeTest, tolerance: number): boolean {
  if (run.ended !== 'exit') return false
  if ('expected_stdout' in test) return run.status === 0 && lines(run.stdout) === lines(test.expected_stdout)
  if ('assert' in test) return run.finished
  return run.finished && sameValue(givenValue(run), test.expected, tolerance)
}

/** What a program that forges its report makes of its value is no value. */
function givenValue({ value }: ProgramRun): unknown {
  try {
    return JSON.parse(value ?? 'null')
  } catch {
    return undefined
  }
}

function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

function wantedBy(test: CodeTest): string {
  if ('assert' in test) return quote(test.assert)
  if ('expected_stdout' in test) {
    return `prints ${quote(test.expected_stdout)}${test.stdin === '' ? '' : ` on ${quote(test.stdin, 80)}`}`
  }
  return `gives ${quoteJson(test.expected)} with ${quoteJson(test.arguments)}`
}

const cut = (text: string) => (text.length <= 200 ? text : `${text.slice(0, 200)}…`)
const quoteJson = (value: unknown) => cut(JSON.stringify(value))

function received(run: ProgramRun, test: CodeTest): string {
  if (run.ended === 'timeout') return `it was stopped after ${run.milliseconds} ms`
  if (run.ended === 'memory') return 'it took too much memory'
  if (run.ended === 'output') return 'it wrote too much'
  if ('expected_stdout' in test && run.status === 0) return `it printed ${quote(run.stdout)}`
  if (run.finished) return `it gave ${cut(run.value ?? 'nothing')}`
  if (run.stderr !== '') return quote(run.stderr.length > 400 ? run.stderr.slice(-400) : run.stderr, 400)
  return `it ended with status ${run.status} before the test did`
}
