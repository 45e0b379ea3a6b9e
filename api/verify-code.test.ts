import { describe, expect, it } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

const { ask } = await openTestApp()

const PROGRAM = 'Here it is.\n```js\nfunction twice(x) { return 2 * x }\n```\nIt doubles.'

async function verified(response: string, spec: object) {
  const { data } = await ask('/v1/verify', {
    response,
    verifiers: [{ kind: 'code', language: 'javascript', ...spec }],
  })
  return data[0]
}

describe('JavaScript of a response, run where the app runs', () => {
  it.each([
    [{ entry_point: 'twice', tests: [{ arguments: [2], expected: 4 }] }, true],
    [{ entry_point: 'twice', tests: [{ arguments: [2], expected: 5 }] }, false],
    [{ tests: [{ assert: 'assert.strictEqual(twice(3), 6)' }] }, true],
    [{ tests: [{ assert: 'assert.strictEqual(twice(3), 7)' }] }, false],
    [{ setup: 'console.log(readline())', tests: [{ stdin: 'x\n', expected_stdout: 'x' }] }, true],
  ])('%j', async (spec, passed) => {
    expect(await verified(PROGRAM, spec)).toMatchObject({ kind: 'code', passed })
  })

  it('says which test failed, what it wanted and what it got', async () => {
    const tests = [
      { arguments: [1], expected: 2 },
      { arguments: [2], expected: 5 },
    ]
    expect(await verified(PROGRAM, { entry_point: 'twice', tests })).toEqual({
      name: 'code',
      kind: 'code',
      passed: false,
      expected: 'test 2 of 2: gives 5 with [2]',
      received: 'test 2 of 2: it gave 4',
    })
  })

  it('an endless program fails its test and harms nobody', async () => {
    const tests = [{ expected_stdout: '' }]
    const result = await verified('while (true) {}', { tests, timeout_ms: 200 })
    expect(result).toMatchObject({ passed: false, received: expect.stringContaining('stopped after') })
    expect((await verified(PROGRAM, { tests })).passed).toBe(true)
  })

  it('is for a worker on Workers, where nothing ends a long built-in call, unless it is switched on', async () => {
    const elsewhere = await openTestApp({ PLUMBLINE_ISOLATE_PROGRAMS: '' })
    const tests = [{ assert: 'assert(true)' }]
    const { data } = await elsewhere.ask('/v1/verify', {
      response: PROGRAM,
      verifiers: [{ kind: 'code', language: 'javascript', tests }],
    })
    const onWorkers = navigator.userAgent === 'Cloudflare-Workers'
    expect(data[0].passed).toBe(onWorkers ? null : true)
    if (onWorkers) expect(data[0].error.message).toContain('in the sandbox of a worker')
  })

  it('Python, which nothing here runs, can not be told', async () => {
    const result = await verified('print(1)', { language: 'python', tests: [{ expected_stdout: '1' }] })
    expect(result).toMatchObject({ passed: null, error: { code: 'verifier_failed' } })
    expect(result.error.message).toContain('--python')
  })
})
