import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type VerifierSpec, verifierSpec } from './verifiers.ts'
import { verify } from './verify.ts'

const check = async (spec: unknown, response: string) => {
  const [result] = await verify([verifierSpec.parse(spec)], { prompt: null, response })
  if (!result) throw new Error('no result')
  return result
}

const CASES: [spec: Record<string, unknown>, passing: string[], failing: string[]][] = [
  [{ kind: 'exact', value: 'Yes' }, ['Yes', ' Yes\n'], ['yes', 'Yes.', '']],
  [{ kind: 'exact', value: 'Yes', case_sensitive: false, trim: false }, ['YES'], [' yes']],
  [{ kind: 'contains', values: ['ab', 'cd'] }, ['cdab'], ['ab', 'AB cd', '']],
  [{ kind: 'contains', values: ['ab', 'cd'], match: 'any', case_sensitive: false }, ['xAB'], ['a b']],
  [{ kind: 'contains', values: ['ab', 'cd'], match: 'none' }, ['a', ''], ['ab']],
  [{ kind: 'regex', pattern: '^\\d+$' }, ['42'], ['42a', '42\n43']],
  [{ kind: 'regex', pattern: '^b$', flags: 'im' }, ['a\nB'], ['ab']],
  [{ kind: 'regex', pattern: 'a.c', flags: 's', full: true }, ['a\nc'], ['xa\nc']],
  [{ kind: 'regex', pattern: '\\u0041|(?<n>é)' }, ['A', 'é'], ['a']],
  [{ kind: 'regex', pattern: 'TODO', negate: true }, ['done'], ['TODO']],
  [{ kind: 'word_count', min: 2, max: 3 }, ['one two', "it's two, three!"], ['one', 'a b c d', '']],
  [{ kind: 'word_count', min: 5, max: 5 }, ['我爱自然语言处理'], ['我爱']],
  [{ kind: 'text_count', unit: 'characters', max: 3 }, ['👨‍👩‍👧né', ''], ['four']],
  [{ kind: 'text_count', unit: 'lines', min: 2, max: 2 }, ['a\n\nb\n'], ['a', 'a\nb\nc']],
  [{ kind: 'text_count', unit: 'sentences', max: 1 }, ['Dr. No came.'], ['Yes. No.']],
  [{ kind: 'text_count', unit: 'bullets', min: 2 }, ['- a\n  1. b'], ['-a\n- b']],
  [{ kind: 'json_valid' }, ['{"a":[1]}', ' null '], ["{'a':1}", '{"a":1} there', '```json\n1\n```', '']],
  [{ kind: 'json_valid', fenced: true }, ['```json\n{"a":1}\n```', '[1]'], ['Here: ```json\n1\n```']],
  [{ kind: 'affix', prefix: 'Dear', suffix: '.' }, ['Dear all.', ' Dear. '], ['dear all.', 'Dear all']],
  [{ kind: 'affix', suffix: 'END', case_sensitive: false }, ['the end'], ['end of it']],
]

describe('each verifier', () => {
  it.each(CASES)('%j', async (spec, passing, failing) => {
    for (const text of passing) expect([text, (await check(spec, text)).passed]).toEqual([text, true])
    for (const text of failing) expect([text, (await check(spec, text)).passed]).toEqual([text, false])
  })

  it('says what it expected and what it received', async () => {
    expect(await check({ kind: 'word_count', min: 3 }, 'one two')).toEqual({
      name: 'word_count',
      kind: 'word_count',
      passed: false,
      expected: 'at least 3 words',
      received: '2 words',
    })
    const named = { kind: 'contains', name: 'greets', values: ['hi', 'yo'], match: 'any' }
    expect((await check(named, 'yo')).name).toBe('greets')
    expect((await check(named, 'yo')).received).toBe('"yo"')
  })
})

describe('arguments that cannot work', () => {
  it.each([
    [{ kind: 'regex', pattern: '(a' }, 'RE2'],
    [{ kind: 'regex', pattern: '(?=a)b' }, 'RE2'],
    [{ kind: 'regex', pattern: '(a{1000}){1000}' }, 'RE2'],
    [{ kind: 'regex', pattern: '(abcdefghijklmnopqrstuvwxyz){900}{900}' }, 'repeats too much'],
    [{ kind: 'regex', pattern: 'a'.repeat(5000) }, 'longer'],
    [{ kind: 'word_count' }, 'min or a max'],
    [{ kind: 'word_count', min: 5, max: 2 }, 'min above its max'],
    [{ kind: 'affix' }, 'prefix or a suffix'],
    [{ kind: 'text_count', unit: 'lines' }, 'min or a max'],
    [{ kind: 'code', language: 'python', tests: [{ arguments: [], expected: 1 }] }, 'tests with arguments'],
    [{ kind: 'numeric_answer', value: 'twelve' }, 'one number'],
  ])('%j is the caller’s invalid_verifier', (spec, message) => {
    const parsed = verifierSpec.safeParse(spec)
    expect(parsed.error?.issues[0]).toMatchObject({
      message: expect.stringContaining(message),
      params: { code: 'invalid_verifier' },
    })
  })

  it('unknown kinds, fields and flags are refused', async () => {
    for (const spec of [
      { kind: 'sentiment' },
      { kind: 'exact', value: 'a', valeu: 'b' },
      { kind: 'regex', pattern: 'a', flags: 'g' },
      { kind: 'contains', values: [] },
    ]) {
      expect(verifierSpec.safeParse(spec).success).toBe(false)
    }
  })
})

describe('hostile input', () => {
  it('a pattern that would backtrack for ever answers within a second', async () => {
    const started = performance.now()
    const result = await check({ kind: 'regex', pattern: '(a+)+$' }, `${'a'.repeat(50_000)}!`)
    expect(result.passed).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('a pattern too large for the text is null with a reason, not a guess', async () => {
    const result = await check({ kind: 'regex', pattern: '(.*a){900}b' }, 'ab'.repeat(200_000))
    expect(result).toMatchObject({ passed: null, error: { code: 'verifier_failed', type: 'service' } })
    expect(result.error?.message).toContain('too large')
  })

  it('an unexpected throw becomes null, never an exception', async () => {
    const broken: VerifierSpec = { kind: 'regex', pattern: '(', flags: '', full: false, negate: false }
    const unread = { kind: 'contains', match: 'all', case_sensitive: true } as unknown as VerifierSpec
    for (const result of await verify([broken, unread], { prompt: null, response: 'a' })) {
      expect(result).toMatchObject({ passed: null, error: { code: 'verifier_failed' } })
    }
  })

  it('no text makes any verifier throw or hold its tongue', async () => {
    const specs = [
      ...CASES.map(([spec]) => verifierSpec.parse(spec)),
      verifierSpec.parse({ kind: 'numeric_answer', value: 42 }),
      verifierSpec.parse({ kind: 'numeric_answer', value: '3/4', marker: '\\boxed{}', tolerance: 0.1 }),
      verifierSpec.parse({
        kind: 'json_schema',
        fenced: true,
        schema: { type: 'object', patternProperties: { '^(a+)+$': { pattern: '(b|b)*c' } } },
      }),
    ]
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.stringMatching(/^[-+$0-9.,/%{}\\ eE^×frac]*$/),
      fc.string().map((inner) => `\`\`\`json\n${inner}\n\`\`\``),
    )
    await fc.assert(
      fc.asyncProperty(text, async (response) => {
        const results = await verify(specs, { prompt: null, response })
        expect(results.map(({ passed, received }) => [typeof passed, typeof received])).toEqual(
          specs.map(() => ['boolean', 'string']),
        )
      }),
      { numRuns: 300 },
    )
  })
})

it('many costly patterns in one call share a few seconds of work: the rest can not tell', async () => {
  const costly = { kind: 'regex', pattern: '(.*a){40}', flags: '', full: false, negate: false } as const
  const response = 'b'.repeat(100_000)
  const one = await verify([costly], { prompt: null, response })
  expect(one[0]?.passed).toBe(false)
  const many = await verify(Array(64).fill(costly), { prompt: null, response })
  expect(many.every(({ passed, error }) => passed === null && error?.code === 'verifier_failed')).toBe(true)
})

it('long responses of a group with many verifiers are not checked for minutes', async () => {
  const check = (length: number, siblings: number) =>
    verify(Array(64).fill(verifierSpec.parse({ kind: 'numeric_answer', value: 1 })), subject(length), {
      siblings,
    })
  const subject = (length: number) => ({ prompt: null, response: '1,'.repeat(length / 2) })
  for (const { error } of await check(200_000, 20)) expect(error?.message).toContain('so many checks')
  for (const { passed } of await check(4000, 64)) expect(passed).toBe(true)
})
