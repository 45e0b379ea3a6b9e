import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'

const check = async (response: string, more = {}) => {
  const spec = verifierSpec.parse({ kind: 'multiple_choice', answer: 'B', ...more })
  const [result] = await verify([spec], { prompt: null, response })
  return result
}
const CHOICES = { choices: ['a triangle', '\\frac{1}{2}', 'the square', '7'] }

describe('multiple_choice', () => {
  it.each([
    'B',
    'b',
    '(B)',
    '(b)',
    'B.',
    'B) 25',
    '**B**',
    '**B. 25**',
    'B is right because A is not.',
    '\\boxed{B}',
    '$\\boxed{\\textbf{(B)}}$',
    '\\boxed{\\text{B}}',
    'A looks good, but the answer is B.',
    'The correct answer is (B) 25.',
    'The answer is **B**: 25',
    'Answer: B',
    'The answer is option B',
    '**Final Answer:** B',
    'A, C and D are wrong. I choose option B',
    'Between (A) and (C)? No: (B)',
    'Let me think.\n\nB',
    '<think>The answer is A.</think>The answer is B.',
  ])('%j is B', async (response) => expect((await check(response))?.received).toBe('B'))

  it.each([
    ['A', 'A'],
    ['The answer is A.', 'A'],
    ['The answer is A because B is wrong.', 'A'],
    ['The answer is A and B', 'A, B'],
    ['The answer is (A), (B) or (C).', 'A, B, C'],
    ['\\boxed{A, B}', 'A, B'],
    ['The answer is B. Wait. The answer is C.', 'C'],
    ['\\boxed{B} Final answer: C', 'C'],
  ])('%j is %s', async (response, received) => {
    expect(await check(response)).toMatchObject({ passed: false, received })
  })

  it.each([
    '',
    'I do not know',
    'Because of that',
    'The answer is a triangle.',
    'A triangle',
    "I'd say so",
    '25',
  ])('%j is no choice', async (response) => {
    expect(await check(response)).toMatchObject({
      passed: false,
      received: expect.stringMatching(/^no choice/),
    })
  })

  it.each([
    ['The answer is 0.5.', 'B'],
    ['\\boxed{\\frac12}', 'B'],
    ['The answer is a triangle.', 'A'],
    ['Square', 'C'],
    ['It is 7', 'D'],
    ['The answer is D', 'D'],
  ])('with the choices at hand, %j is %s', async (response, received) => {
    expect((await check(response, CHOICES))?.received).toBe(received)
  })

  it('knows no letter beyond the choices', async () => {
    expect((await check('The answer is E', CHOICES))?.received).toMatch(/^no choice/)
    expect(verifierSpec.safeParse({ kind: 'multiple_choice', answer: 'E', ...CHOICES }).success).toBe(false)
    expect(verifierSpec.safeParse({ kind: 'multiple_choice', answer: 'BB' }).success).toBe(false)
  })
})
