import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'

const REFERENCES = [
  '5',
  'x+1',
  '\\{1,2\\}',
  '(1,2)\\cup(3,4)',
  '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}',
  'x<2',
]
const SPECS = [
  ...REFERENCES.map((reference) => verifierSpec.parse({ kind: 'math_equivalence', reference })),
  verifierSpec.parse({ kind: 'multiple_choice', answer: 'B', choices: ['1', 'x', 'even'] }),
]
const passed = async (response: string) =>
  (await verify(SPECS, { prompt: null, response })).map((result) => result.passed)

const SIZE = 200_000
const filled = (text: string) => text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE)
const boxed = (text: string, count: number, rest = '1') => `\\boxed{${text.repeat(count)}${rest}}`

/** Far more than any of these takes on a machine that does nothing else. */
const LIMIT_MS = 10_000

const FLOODS = '{ ( \\ $ * " . , - | ! ^ _ % & 9 a'
  .split(' ')
  .concat('\\boxed{', '\\boxed{1}', '\\boxed{{', '$1$', '$ 1 ', '\\[', '\\[1\\]', '1,', '1 000 ', '1e', '1/')
  .concat(
    'the answer is ',
    'final answer: ',
    'answer: \n',
    '#### ',
    '</think>',
    ' ',
    '\n',
    'word ',
    '\\text{',
  )

const BOMBS: [name: string, response: string][] = [
  ['a tower of powers', '\\boxed{9^9^9^9^9}'],
  ['a power of a power', '\\boxed{10^{10^{10}}}'],
  ['a huge factorial', '\\boxed{1000000000!}'],
  ['many factorials', boxed('1000!+', 400)],
  ['factorials of factorials', '\\boxed{((3!)!)!}'],
  ['many binomials', boxed('\\binom{99999}{999}+', 400)],
  ['numbers without common divisors', boxed('3^999*7^-999*', 700)],
  ['the same with a variable', boxed('(x+3^999/7^999)*', 400)],
  ['a thousand factors', boxed('(x+1)', 580)],
  ['a thousand items', boxed('x+1,', 700)],
  ['a wide matrix', `\\boxed{\\begin{pmatrix}${'1&'.repeat(4000)}1\\end{pmatrix}}`],
  ['many signs', boxed('\\pm 1', 900)],
  ['many unions', boxed('(1,2)\\cup ', 900, '(1,2)')],
  ['many inequalities', boxed('x<1 or ', 700, 'x>3')],
  ['nested roots', `\\boxed{${'\\sqrt{'.repeat(1500)}2${'}'.repeat(1500)}}`],
  ['nested functions', `\\boxed{${'f('.repeat(40)}x${')'.repeat(40)}}`],
  ['a division by zero', '\\boxed{0/0}'],
  ['digits beyond 9', boxed('1A', 4500)],
  ['half a character', '\ud800'.repeat(1000)],
]

describe('hostile responses', () => {
  it.each(FLOODS)('200,000 characters of %j', { timeout: LIMIT_MS }, async (text) => {
    expect(await passed(filled(text))).not.toContain(null)
  })

  it.each(BOMBS)('%s', { timeout: LIMIT_MS }, async (_, response) => {
    const answers = await passed(response)
    expect(answers).not.toContain(true)
  })

  it('an explosion of matrices ends in an answer', { timeout: LIMIT_MS }, async () => {
    const matrix = '\\begin{pmatrix}x&1&x&1\\\\1&x&1&x\\\\x&1&x&1\\\\1&x&1&x\\end{pmatrix}'
    const [first] = await verify(SPECS, { prompt: null, response: boxed(matrix, 20, '') })
    expect(first).toMatchObject({ passed: null, error: { code: 'verifier_failed' } })
  })

  it('any text gets an answer', async () => {
    const bits = fc.constantFrom(
      ...'\\frac \\sqrt \\boxed{ { } ( ) [ ] $ ^ _ 1 2.5 x , + - / | \\pm \\cup \\in < = ! % \\text{ \\begin{pmatrix} & \\\\ °'.split(
        ' ',
      ),
    )
    const response = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(bits, { maxLength: 40 }).map((all) => all.join('')),
    )
    await fc.assert(
      fc.asyncProperty(response, async (text) => {
        const results = await verify(SPECS, { prompt: null, response: text })
        for (const { error } of results) expect(error?.message ?? '').not.toContain('failed:')
      }),
      { numRuns: 200 },
    )
  })
})
