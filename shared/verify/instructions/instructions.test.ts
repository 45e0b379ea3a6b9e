import { describe, expect, it } from 'vitest'
import { type VerifierSpec, verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'
import { IFBENCH, IFEVAL, INSTRUCTIONS } from './instructions.ts'
import cases from './testing/reference-cases.json' with { type: 'json' }

const check = async (spec: unknown, response: string) => {
  const [result] = await verify([verifierSpec.parse(spec)], { prompt: null, response })
  if (!result) throw new Error('no result')
  return result
}

/** Instructions with the arguments of their first case. */
const SPECS: VerifierSpec[] = Object.keys(INSTRUCTIONS).map((kind) => {
  const { response, passed, loose, ...spec } = cases.find((one) => one.kind === kind) ?? { kind }
  return verifierSpec.parse(spec)
})

describe('the table', () => {
  it('has each instruction under its own name', () => {
    expect(Object.keys(IFEVAL)).toHaveLength(25)
    expect(Object.keys(IFBENCH)).toHaveLength(58)
    for (const [kind, verifier] of Object.entries(INSTRUCTIONS)) expect(verifier.kind).toBe(kind)
  })
})

describe('arguments', () => {
  it('are those of the data sets, whose nulls count as absent', async () => {
    const kwargs = { keyword: 'sea', frequency: 2, relation: 'at least', N: null, prompt_to_repeat: null }
    const result = await check({ kind: 'keywords:frequency', ...kwargs }, 'The sea, the SEA.')
    expect(result).toMatchObject({ name: 'keywords:frequency', passed: true, received: '2 times' })
  })

  it.each([
    [{ kind: 'count:numbers' }, 'N'],
    [{ kind: 'count:numbers', N: null }, 'N'],
    [{ kind: 'count:numbers', N: -1 }, 'N'],
    [{ kind: 'count:words_japanese', N: 0 }, 'N'],
    [{ kind: 'keywords:frequency', keyword: 'a', frequency: 1, relation: 'at most' }, 'relation'],
    [
      { kind: 'keywords:letter_frequency', letter: 'ab', let_frequency: 1, let_relation: 'at least' },
      'letter',
    ],
  ])('%j names what is wrong', (spec, path) => {
    expect(verifierSpec.safeParse(spec).error?.issues[0]?.path).toEqual([path])
  })

  it('that another instruction takes are refused unless null', () => {
    expect(verifierSpec.safeParse({ kind: 'punctuation:no_comma', N: 3 }).success).toBe(false)
  })
})

describe('the references', () => {
  it.each(Object.keys(INSTRUCTIONS).filter((kind) => kind !== 'words:start_verb'))('%s', async (kind) => {
    const own = cases.filter((one) => one.kind === kind)
    expect(new Set(own.map(({ passed }) => passed)).size).toBe(2)
    for (const { response, passed, ...spec } of own) {
      const result = await check(spec, response)
      expect({ spec, response, passed: result.passed }).toEqual({ spec, response, passed })
    }
  })

  it.each([
    ['Write it down.', true],
    ['identify the cause', true],
    ['Running is fun.', true],
    ['The sea.', false],
    ['Morning came.', false],
    ['', false],
  ])('words:start_verb: %j %s', async (response, passed) => {
    expect((await check({ kind: 'words:start_verb' }, response)).passed).toBe(passed)
  })
})

describe('loose', () => {
  it('tries the response without its first line, its last, both, and without asterisks', async () => {
    const spec = { kind: 'startend:quotation' }
    for (const response of [
      'Sure:\n"a"',
      '"a"\nDone.',
      'Sure:\n"a"\nDone.',
      '*"a"*',
      'Sure:\n**"a"**\nDone.',
    ]) {
      expect((await check(spec, response)).passed).toBe(false)
      expect((await check({ ...spec, loose: true }, response)).passed).toBe(true)
    }
    expect(await check({ ...spec, loose: true }, 'a\n"b\nc').then(({ passed }) => passed)).toBe(false)
  })

  it('never passes a blank response', async () => {
    for (const spec of SPECS) {
      for (const response of ['', ' \n\t\u00a0']) {
        expect((await check({ ...spec, loose: true }, response)).passed).toBe(false)
      }
    }
  })
})
