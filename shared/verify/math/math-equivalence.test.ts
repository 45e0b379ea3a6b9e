import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'

const check = async (reference: string, response: string, more = {}) => {
  const spec = verifierSpec.parse({ kind: 'math_equivalence', reference, ...more })
  const [result] = await verify([spec], { prompt: null, response })
  return result
}

/** Pairs that mean the same: the reference, and a response. */
const SAME: [reference: string, response: string][] = [
  ['\\frac{1}{2}', '0.5'],
  ['1/2', '\\boxed{\\tfrac12}'],
  ['1234', '1,234'],
  ['1234.5', '1.234,5'],
  ['0.001', '10^{-3}'],
  ['1500', '1.5e3'],
  ['1500', '1.5 \\times 10^3'],
  ['\\frac{10}{3}', '3\\frac{1}{3}'],
  ['10/3', '3 1/3'],
  ['10/3', '3.333333'],
  ['1/3', '0.\\overline{3}'],
  ['1/3', '0.333...'],
  ['1/6', '0.1(6)'],
  ['50\\%', '0.5'],
  ['50\\%', '50'],
  ['0.5', '50%'],
  ['5\\text{ m}', '500 cm'],
  ['\\$5.40', '540 cents'],
  ['18', '$18$'],
  ['18', 'She makes $18 per day.'],
  ['90^\\circ', '\\frac{\\pi}{2}'],
  ['90^\\circ', '90 degrees'],
  ['\\pi/2', '90°'],
  ['\\text{even}', 'The answer is even.'],
  ['\\text{Evelyn}', 'Evelyn'],
  ['east', 'He is facing \\boxed{\\text{East}}'],
  ['(1,2)', '1 < x < 2'],
  ['(-\\infty,3)\\cup(3,\\infty)', 'x \\neq 3'],
  ['x>3 \\text{ or } x<1', '(-\\infty,1)\\cup(3,\\infty)'],
  ['[0,2]', '[0,1) \\cup [1,2]'],
  ['\\mathbb{R}', '(-\\infty,\\infty)'],
  ['\\mathbb{R}\\setminus\\{0\\}', 'x \\ne 0'],
  ['\\{1,2,3\\}', '3, 2, 1'],
  ['\\{1,2\\}', 'x = 1 \\text{ or } x = 2'],
  ['1,-2', '-2 and 1'],
  ['(1,2)', 'x=1, y=2'],
  ['(1,2)', '(x,y) = (1,2)'],
  ['1 \\pm \\sqrt{19}', '1+\\sqrt{19}, 1-\\sqrt{19}'],
  ['x = \\pm 2', '2, -2'],
  ['\\begin{pmatrix}1\\\\2\\end{pmatrix}', '(1,2)'],
  ['\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', '[[1,2],[3,4]]'],
  ['\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', '\\frac12\\begin{bmatrix}2&4\\\\6&8\\end{bmatrix}'],
  ['-2', '\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}'],
  ['x=5', '5'],
  ['x=5', 'x-5=0'],
  ['y=2x+3', '2x+3'],
  ['y=2x+3', 'y-2x=3'],
  ['y=2x+3', '-2y = -4x-6'],
  ['x>5', '2x>10'],
  ['x>5', '5<x'],
  ['3\\sqrt{13}', '\\sqrt{117}'],
  ['\\sqrt{50}', '5\\sqrt2'],
  ['\\frac{1}{\\sqrt2}', '\\frac{\\sqrt2}{2}'],
  ['\\sqrt[3]{-8}', '-2'],
  ['2', '\\log_2 4'],
  ['\\ln 8', '3\\ln 2'],
  ['\\log 100', '2'],
  ['\\cot x', '\\frac{\\cos x}{\\sin x}'],
  ['\\sin^2 x + \\cos^2 x', '1'],
  ['\\sin 2x', '2\\sin x\\cos x'],
  ['\\frac{1}{2}', '\\sin 30^\\circ'],
  ['\\arctan 1', '\\pi/4'],
  ['\\tan^{-1} 1', '45^\\circ'],
  ['120', '5!'],
  ['10', '\\binom{5}{2}'],
  ['n', '\\frac{n!}{(n-1)!}'],
  ['2^{1000}', '4^{500}'],
  ['100!', '100 \\cdot 99!'],
  ['(a+5)(b+2)', 'ab+2a+5b+10'],
  ['x^2-1', '(x-1)(x+1)'],
  ['\\frac{x^2-1}{x-1}', 'x+1'],
  ['e^{i\\pi}', '-1'],
  ['6-5i', '-5i+6'],
  ['1+2i', '\\frac{5}{1-2i}'],
  ['|x|', '\\sqrt{x^2}'],
  ['4210_5', '4210_{5}'],
  ['4210_5', '555'],
  ['4210_5', '4210'],
  ['1F_{16}', '31'],
  ['1F_{16}', '1F_{16}'],
  ['1010_2', '1010 base 2'],
  ['12', 'The answer is **12**.'],
  ['12', '#### 12'],
  ['3', 'Answer: 3 apples'],
  ['7', 'First, 5. Then it follows that the total is 7'],
  ['x^2', '$x^2$'],
  ['32348', '$32,348'],
  ['0', '-0'],
  ['\\emptyset', 'no solution'],
  ['5', '\\{5\\}'],
  ['\\frac{1}{x}', 'x^{-1}'],
  ['2\\pi r', '2 π r'],
  ['3x^2', '3x²'],
  ['\\frac{\\sqrt{3}}{3}', '√3/3'],
  ['\\frac32', '1½'],
  ['f(x)=2x', '2x'],
  ['\\lfloor 3.7\\rfloor', '3'],
  ['14', '\\boxed{14}\\text{ cm}'],
  ['2 \\text{ hours}', '120 minutes'],
  ['10^{100}', '1e100'],
  ['-\\frac{1}{2}', '\\frac{-1}{2}'],
  ['-\\frac{1}{2}', '-0.5'],
  ['\\frac{\\pi}{6}', '30^{\\circ}'],
  ['\\infty', 'infinity'],
  ['-\\infty', '-∞'],
  ['\\boxed{7}', 'the value is \\(7\\)'],
  ['(3, \\frac{\\pi}{2})', '(3, pi/2)'],
  ['1,000,000', '1 million'],
  ['\\text{Monday}', 'Monday'],
  ['3:2', '3:2'],
  ['x \\le 5', 'x<=5'],
  ['\\left(-\\infty, 5\\right]', 'x ≤ 5'],
  ['11 - 5i', '11-5 i'],
  ['\\frac{3}{4}', '\\frac{3}{4} \\text{ of the cake}'],
]

const MORE: [reference: string, response: string][] = [
  ['6', '\\gcd(12,18)'],
  ['36', '\\text{lcm}(12,18)'],
  ['3', '\\max(1,3)'],
  ['10', '\\frac{5!}{3!2!}'],
  ['10', '{5 \\choose 2}'],
  ['\\sin^{-1}(1)', '\\pi/2'],
  ['1:3', '\\frac{1}{3}'],
  ['3:45\\text{ PM}', '3:45 pm'],
  ['\\text{June } 20', 'June 20'],
  ['1.5 \\text{ hours}', '90 \\text{ min}'],
  ['x\\approx 3.14', '3.14'],
  ['A \\cup B', 'B \\cup A'],
  ['\\angle A = 60^\\circ', '60'],
  ['x \\in \\mathbb{R}, x \\neq 2', '(-\\infty,2)\\cup(2,\\infty)'],
  ['\\{x \\mid x > 2\\}', '(2,\\infty)'],
  ['(x-1)^2+(y-2)^2=9', 'x^2+y^2-2x-4y-4=0'],
  ['\\pm i', '\\{i,-i\\}'],
  ['5', '|3+4i|'],
  ['3\\mathbf{i}+2\\mathbf{j}', '2\\mathbf{j}+3\\mathbf{i}'],
  ['\\sec^2 x - 1', '\\tan^2 x'],
  ['\\sqrt{2}', '1.41421'],
  ['1', '0.\\overline{9}'],
]

const DIFFERENT: [reference: string, response: string][] = [
  ['5', '6'],
  ['12', '\\boxed{1 2}'],
  ['5 apples', '-5 apples'],
  ['3', '2 or 3'],
  ['2x', '2'],
  ['1234', '1.234'],
  ['1/3', '0.333334'],
  ['24 \\text{ hours}', '24 \\text{ minutes}'],
  ['90^\\circ', '90 \\text{ radians}'],
  ['e', '2.718'],
  ['7', '\\boxed{7\\text{ or }8}'],
  ['2', '\\boxed{}'],
  ['5', 'no idea'],
  ['5', ''],
  ['1/2', '0.51'],
  ['1/3', '0.33'],
  ['1000001', '1000000'],
  ['(1,2)', '(2,1)'],
  ['(1,2)', '[1,2]'],
  ['(1,2)', '\\{1,2\\}'],
  ['\\{1,2\\}', '\\{1,2,3\\}'],
  ['x>5', 'x<5'],
  ['x=5', 'y=5'],
  ['y=2x+3', 'y=3x+2'],
  ['|x|', 'x'],
  ['x^2', 'x^3'],
  ['2m', '2'],
  ['5\\text{ m}', '5 cm'],
  ['even', 'odd'],
  ['\\pi', '3.14'],
  ['\\pi', '22/7'],
  ['1,2', '1'],
  ['[0,1]', '(0,1)'],
  ['5', '4.999999'],
  ['f(2)', '2f'],
  ['\\sqrt{x^2}', 'x'],
  ['2', '3, 2'],
  ['\\frac12', '1'],
  ['10^{100}', '10^{101}'],
  ['5', '10^{10^{10}}'],
  ['\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', '\\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}'],
  ['x \\in (1,2)', 'x \\in (1,2]'],
  ['C', 'D'],
  ['2', 'x = 2y'],
  ['\\emptyset', '0'],
  ['10^{-12}', '0'],
  ['1.2\\times 10^{-12}\\sqrt{2}', '1.3\\times 10^{-12}\\sqrt{2}'],
  ['\\text{Evelyn}', 'Evelina'],
  ['5', 'It is between 5 and 6'],
  ['ab', 'a+b'],
  ['12', '1 2'],
  ['3:2', '2:3'],
]

describe('math_equivalence', () => {
  it.each([...SAME, ...MORE])('%s is %s', async (reference, response) => {
    expect((await check(reference, response))?.passed).toBe(true)
  })

  it.each(DIFFERENT)('%s is not %s', async (reference, response) => {
    expect((await check(reference, response))?.passed).toBe(false)
  })

  it('takes numbers within the tolerances, wherever they stand', async () => {
    expect((await check('3.14159', '3.14', { tolerance: 0.01 }))?.passed).toBe(true)
    expect((await check('3.14159', '3.12', { tolerance: 0.01 }))?.passed).toBe(false)
    expect((await check('\\pi', '3.14', { relative_tolerance: 0.001 }))?.passed).toBe(true)
    expect((await check('(1000, \\sqrt{2})', '(1001, 1.4142)', { relative_tolerance: 0.001 }))?.passed).toBe(
      true,
    )
    expect((await check('x^2', 'x^2 + 0.001', { tolerance: 0.01 }))?.passed).toBe(true)
  })

  it('says what it compared', async () => {
    expect(await check('\\boxed{\\frac{1}{2}}', 'So it is $\\frac{2}{4}$, we find.')).toEqual({
      name: 'math_equivalence',
      kind: 'math_equivalence',
      passed: true,
      expected: '"\\\\frac{1}{2}"',
      received: '"\\\\frac{2}{4}"',
    })
    expect((await check('5', ' '))?.received).toBe('no answer: " "')
  })

  it.each([
    ['\\sum_{k=1}^n k', '\\frac{n(n+1)}{2}', 'can be read'],
    ['10^{10^{10}}', '10^{10^{11}}', 'neither be told'],
  ])('cannot tell whether %s is %s', async (reference, response, reason) => {
    const result = await check(reference, response)
    expect(result?.passed).toBeNull()
    expect(result?.error?.message).toContain(reason)
  })

  it('compares what it cannot read as it is written', async () => {
    expect((await check('\\sum_{k=1}^n k', '$\\sum_{k=1}^{n}k$'))?.passed).toBeNull()
    expect((await check('\\sum_{k=1}^n k', '$\\sum_{k=1}^n  k$'))?.passed).toBe(true)
  })

  it.each(['', '   ', '1'.repeat(10_001)])('refuses a reference that holds no answer', (reference) => {
    expect(verifierSpec.safeParse({ kind: 'math_equivalence', reference }).success).toBe(false)
  })
})
