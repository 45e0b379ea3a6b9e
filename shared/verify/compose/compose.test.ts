import { describe, expect, it } from 'vitest'
import { explain } from '../../protocol/parse.ts'
import { verifyRequest } from '../../protocol/verify.ts'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'

const check = async (spec: object, response: string) => {
  const [result] = await verify([verifierSpec.parse(spec)], { prompt: null, response })
  if (!result) throw new Error('no result')
  return result
}

const yes = { kind: 'contains', values: ['a'] }
const no = { kind: 'contains', values: ['z'] }
/** Python has no sandbox here. */
const unsure = { kind: 'code', language: 'python', tests: [{ expected_stdout: '' }] }

const when = (condition: object, consequence: object, otherwise?: object) => ({
  kind: 'when',
  if: condition,
  // biome-ignore lint/suspicious/noThenProperty: what callers send
  then: consequence,
  else: otherwise,
})

describe('three-valued logic, on a response that holds "a" and no "z"', () => {
  it.each([
    [{ kind: 'all', of: [yes, yes] }, true],
    [{ kind: 'all', of: [unsure, no] }, false],
    [{ kind: 'all', of: [unsure, yes] }, null],
    [{ kind: 'any', of: [no, yes] }, true],
    [{ kind: 'any', of: [unsure, yes] }, true],
    [{ kind: 'any', of: [unsure, no] }, null],
    [{ kind: 'any', of: [no, no] }, false],
    [{ kind: 'not', of: yes }, false],
    [{ kind: 'not', of: no }, true],
    [{ kind: 'not', of: unsure }, null],
    [{ kind: 'at_least', n: 2, of: [yes, no, yes] }, true],
    [{ kind: 'at_least', n: 2, of: [yes, unsure, no] }, null],
    [{ kind: 'at_least', n: 2, of: [no, unsure, no] }, false],
    [when(yes, yes), true],
    [when(yes, no), false],
    [when(no, no), true],
    [when(no, yes, no), false],
    [when(unsure, yes), true],
    [when(unsure, no), null],
    [when(unsure, no, no), false],
  ])('%j', async (spec, passed) => {
    const result = await check(spec, 'a')
    expect(result.passed).toBe(passed)
    expect(result.error === undefined).toBe(passed !== null)
  })
})

const short = { kind: 'word_count', max: 2 }

describe('parts of a response', () => {
  it.each([
    [{ kind: 'each', over: 'lines', of: short }, 'one two\n\nthree', 'one two three\nfour'],
    [{ kind: 'some', over: 'paragraphs', of: short }, 'one two three\n\nfour', 'one two three'],
    [{ kind: 'each', over: 'sentences', of: short }, 'One two. Three!', 'One. Two three four.'],
    [{ kind: 'each', over: { json_pointer: '/a' }, of: short }, '{"a":["b","c d"]}', '{"a":["b c d"]}'],
    [{ kind: 'each', over: { json_pointer: '' }, of: short }, '["b"]', 'no JSON'],
    [{ kind: 'each', over: 'fences', of: { kind: 'json_valid' } }, 'x\n```\n1\n```', '```\n{\n```'],
    [{ kind: 'part', select: 'first_line', of: short }, '\none\ntwo three four', 'one two three\nx'],
    [{ kind: 'part', select: 'last_line', of: short }, 'one two three\nx\n', 'x\none two three'],
    [{ kind: 'part', select: 'last_sentence', of: short }, 'One two three. Yes.', 'Yes. One two three.'],
    [{ kind: 'part', select: { fence: 'json' }, of: { kind: 'json_valid' } }, '```json\n[]\n```', '[]'],
    [
      { kind: 'part', select: { section: 'answer' }, of: short },
      '# Why\na b c\n## Answer\nyes\n# End',
      '# Answer\na b c',
    ],
    [{ kind: 'part', select: { after: 'Answer:' }, of: short }, 'a b c Answer: 4', 'Answer: a b c'],
    [{ kind: 'part', select: { before: '---' }, of: short }, 'a---b c d', 'a b c'],
    [
      { kind: 'part', select: { json_pointer: '/a/0/b~1c' }, of: { kind: 'exact', value: '5' } },
      '{"a":[{"b/c":5}]}',
      '{"a":[]}',
    ],
  ])('%j', async (spec, passing, failing) => {
    expect((await check(spec, passing)).passed).toBe(true)
    expect((await check(spec, failing)).passed).toBe(false)
  })

  it('says which item failed, and how', async () => {
    expect(await check({ kind: 'each', over: 'lines', of: short, name: 'brief' }, 'a\nb c d')).toEqual({
      name: 'brief',
      kind: 'each',
      passed: false,
      expected: 'each of the lines passes word_count',
      received: '2 of 2, "b c d": 3 words',
    })
  })

  it('of too many items it can not tell', async () => {
    const result = await check({ kind: 'each', over: 'lines', of: short }, 'a\n'.repeat(1001))
    expect(result).toMatchObject({ passed: null, error: { message: expect.stringContaining('1000') } })
  })
})

describe('limits', () => {
  const nested = (depth: number): object => (depth === 1 ? yes : { kind: 'not', of: nested(depth - 1) })

  it('levels and verifiers are counted', () => {
    expect(verifierSpec.safeParse(nested(8)).success).toBe(true)
    expect(verifierSpec.safeParse(nested(9)).error?.issues[0]?.message).toContain('8 levels')
    const many = { kind: 'any', of: Array(8).fill({ kind: 'all', of: Array(8).fill(yes) }) }
    expect(verifierSpec.safeParse(many).error?.issues[0]?.message).toContain('64 verifiers')
  })

  it('a mistake inside is named by its path', () => {
    const wrong = { kind: 'all', of: [yes, { kind: 'not', of: { kind: 'word_count' } }] }
    const parsed = verifyRequest.safeParse({ response: 'a', verifiers: [yes, wrong] })
    expect(parsed.error && explain(parsed.error)).toMatchObject({
      code: 'invalid_verifier',
      param: 'verifiers.1.of.1.of',
    })
    const unknown = { kind: 'all', of: [{ kind: 'contains', values: ['a'], vlaues: 1 }] }
    const other = verifyRequest.safeParse({ response: 'a', verifiers: [unknown] })
    expect(other.error && explain(other.error)).toMatchObject({ param: 'verifiers.0.of.0.vlaues' })
  })

  it('the work of one call is shared by all verifiers inside', async () => {
    const costly = { kind: 'regex', pattern: '(.*a){40}' }
    const many = { kind: 'any', of: Array(60).fill(costly) }
    const result = await check(many, 'b'.repeat(100_000))
    expect(result).toMatchObject({ passed: null, error: { code: 'verifier_failed' } })
  })
})
