import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findAnswer } from './find-answer.ts'
import { sameAnswer } from './same-answer.ts'

const EXACT = { absolute: { top: 0n, bottom: 1n }, relative: { top: 0n, bottom: 1n } }
const same = (a: string, b: string) => sameAnswer(a, b, EXACT).same

/** Expressions of x and y in LaTeX. */
const { formula } = fc.letrec<{ formula: string }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.integer({ min: 0, max: 99 }).map(String),
    fc.constantFrom('x', 'y', '\\pi', '0.5', '12.75'),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `\\frac{${a}}{3 + (${b})^{2}}`),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `(${a}) + (${b})`),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `(${a})(${b})`),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `(${a}) - ${b}`),
    tie('formula').map((a) => `\\sqrt{1 + (${a})^2}`),
    tie('formula').map((a) => `\\cos(${a})`),
  ),
}))

const wrapped = fc.oneof(
  formula,
  fc.tuple(formula, formula).map(([a, b]) => `(${a}, ${b})`),
  fc.tuple(formula, formula).map(([a, b]) => `\\{${a}, ${b}\\}`),
  fc.tuple(formula, formula).map(([a, b]) => `\\begin{pmatrix} ${a} & 1 \\\\ 2 & ${b} \\end{pmatrix}`),
  formula.map((a) => `y = ${a}`),
  formula.map((a) => `z < ${a}`),
)

describe('generated answers', () => {
  it('equal themselves in any spacing, when boxed and when set between dollar signs', () => {
    fc.assert(
      fc.property(wrapped, (a) => {
        expect(same(a, a.replaceAll('+', ' +\\,'))).toBe(true)
        expect(same(findAnswer(`so $\\boxed{${a}}$`) ?? '', a)).toBe(true)
        expect(same(findAnswer(`so $${a} $`) ?? '', a)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('are compared alike from both sides', () => {
    fc.assert(
      fc.property(wrapped, wrapped, (a, b) => {
        expect(same(a, b)).toBe(same(b, a))
      }),
      { numRuns: 100 },
    )
  })

  it('stay equal when terms and factors change places, and cease to be when one is added', () => {
    fc.assert(
      fc.property(formula, formula, (a, b) => {
        expect(same(`(${a}) + (${b})`, `(${b}) + (${a})`)).toBe(true)
        expect(same(`(${a}) (${b})`, `(${b}) \\cdot (${a})`)).toBe(true)
        expect(same(`((${a}) + (${b}))^2`, `(${a})^2 + 2(${a})(${b}) + (${b})^2`)).toBe(true)
        expect(same(`${a} + 1`, a)).not.toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('generated numbers', () => {
  it('are equal to themselves in every writing, and to no other', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1000n, max: 10n ** 30n }),
        fc.integer({ min: 1, max: 999 }),
        (n, cents) => {
          const groups = String(n).replace(/\B(?=(\d{3})+$)/g, ',')
          for (const text of [groups, groups.replaceAll(',', ' '), groups.replaceAll(',', '{,}'), `${n}.0`]) {
            expect(same(text, String(n))).toBe(true)
            expect(same(text, String(n + 1n))).toBe(false)
          }
          expect(same(`${n}\\frac{${cents}}{1000}`, `${n}.${String(cents).padStart(3, '0')}`)).toBe(true)
          expect(same(`${n}%`, `${n}/100`)).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })
})
