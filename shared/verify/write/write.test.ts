import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../model/language-model.ts'
import type { Program, ProgramRun, Sandbox } from '../sandbox.ts'
import { writeVerifier } from './write.ts'

const CHECK = {
  check: 'words',
  scope: 'response',
  negate: false,
  values: [],
  min: null,
  max: 3,
  case_sensitive: true,
}
const DRAFT = {
  checkable: true,
  join: 'all',
  checks: [CHECK],
  passing_example: 'one two',
  failing_example: 'one two three four',
}

/** A model that replies with these in turn. */
function replies(...drafts: object[]): LanguageModel & { prompts: string[] } {
  const prompts: string[] = []
  return {
    identity: 'm',
    instantiate: 'generate',
    verdicts: 'generate',
    prompts,
    async generate(messages) {
      prompts.push(messages.at(-1)?.content ?? '')
      const text = JSON.stringify(drafts[Math.min(prompts.length, drafts.length) - 1])
      return { text, finish: 'stop', tokens: { prompt: 0, completion: 0, cached: 0 } }
    },
    choose: () => Promise.reject(new Error('it writes')),
  }
}

/** Keeps what it was given to run, and answers that it gave true where the text is short. */
function recordingSandbox(): Sandbox & { programs: Program[] } {
  const programs: Program[] = []
  return {
    languages: ['javascript'],
    programs,
    async run(program): Promise<ProgramRun> {
      programs.push(program)
      const text = program.epilogue && 'with' in program.epilogue ? String(program.epilogue.with[0]) : ''
      const value = String(text.length < 10)
      return { ended: 'exit', status: 0, stdout: '', stderr: '', finished: true, value, milliseconds: 1 }
    },
  }
}

const write = (model: LanguageModel, sandbox: Sandbox = recordingSandbox()) =>
  writeVerifier('At most three words.', { model, secret: 's', sandbox })

describe('a verifier that a model writes', () => {
  it('is answered with the examples that it held', async () => {
    const model = replies(DRAFT)
    expect(await write(model)).toEqual({
      object: 'verifier',
      verifier: { kind: 'word_count', max: 3, name: 'At most three words.' },
      tested: [
        { response: 'one two', should_pass: true, passed: true, received: '2 words' },
        { response: 'one two three four', should_pass: false, passed: false, received: '4 words' },
      ],
    })
    expect(model.prompts[0]).toMatch(/<constraint [0-9a-f]{8}>\nAt most three words\.\n<\/constraint/)
  })

  it('may be of several checks, on parts, and negated', async () => {
    const checks = [
      { ...CHECK, scope: 'each_line' },
      { ...CHECK, check: 'contains_any', values: ['x'], negate: true, scope: 'last_line' },
    ]
    const { verifier } = await write(replies({ ...DRAFT, join: 'any', checks, failing_example: 'a b c d x' }))
    expect(verifier).toMatchObject({
      kind: 'any',
      of: [
        { kind: 'each', over: 'lines', of: { kind: 'word_count', max: 3 } },
        { kind: 'part', select: 'last_line', of: { kind: 'not', of: { kind: 'contains', match: 'any' } } },
      ],
    })
  })

  it('runs as a program in the sandbox alone', async () => {
    const sandbox = recordingSandbox()
    const values = ['globalThis.broken = true', 'function check(r) { return r.length < 10 }']
    const { verifier } = await write(
      replies({ ...DRAFT, checks: [{ ...CHECK, check: 'program', values }] }),
      sandbox,
    )
    expect(verifier).toMatchObject({ kind: 'program', language: 'javascript', source: values.join('\n') })
    expect(sandbox.programs.map(({ epilogue }) => epilogue)).toEqual([
      { call: 'check', with: ['one two'] },
      { call: 'check', with: ['one two three four'] },
    ])
    expect('broken' in globalThis).toBe(false)
  })

  it.each([
    ['does not hold its failing example', { ...DRAFT, failing_example: 'one' }, 'must fail'],
    ['does not hold its passing example', { ...DRAFT, passing_example: 'a b c d' }, 'must pass'],
    ['breaks the schema of verifiers', { ...DRAFT, checks: [{ ...CHECK, max: null }] }, 'min or a max'],
    [
      'has a pattern that can not run',
      { ...DRAFT, checks: [{ ...CHECK, check: 'matches', values: ['(?=a)'] }] },
      'RE2',
    ],
    [
      'has a language without a code',
      { ...DRAFT, checks: [{ ...CHECK, check: 'language', values: ['English'] }] },
      'ISO',
    ],
  ])('%s: refused after another try', async (_, draft, why) => {
    const model = replies(draft)
    await expect(write(model)).rejects.toMatchObject({
      code: 'reply_invalid',
      message: expect.stringContaining(why),
    })
    expect(model.prompts).toHaveLength(2)
    expect((await write(replies(draft, DRAFT))).object).toBe('verifier')
  })

  it('takes a model that writes', async () => {
    const model = { ...replies(DRAFT), instantiate: 'select' as const }
    await expect(write(model)).rejects.toMatchObject({ code: 'invalid_request', param: 'model' })
  })

  it('what only judgment can tell is the caller’s to know', async () => {
    await expect(write(replies({ ...DRAFT, checkable: false }))).rejects.toMatchObject({
      code: 'invalid_verifier',
      param: 'constraint',
    })
  })
})
