import { describe, expect, it, test } from 'vitest'
import { evaluateFormula, variablesOf } from './evaluate.ts'
import { parseFormula } from './parse.ts'

const VALUES = new Map([
  ['a', 2],
  ['b', 3],
  ['a b', 5],
  ['match-ok', 7],
  ['größe', 11],
  ['a_score', 13],
])
const worth = (text: string) => evaluateFormula(parseFormula(text, [...VALUES.keys()]), VALUES)

describe('formulas', () => {
  it.each([
    ['0.5 * a + 0.5 * b', 2.5],
    ['a + b * 2', 8],
    ['(a + b) * 2', 10],
    ['10 - a - b', 5],
    ['12 / a / b', 2],
    ['2 ^ 3 ^ 2', 512],
    ['2 ** 3', 8],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['--a', 2],
    ['+a - +b', -1],
    ['a b + 1', 6],
    ['match-ok - 1', 6],
    ['größe', 11],
    ['a_score + a', 15],
    ['min(a, b, 1)', 1],
    ['max(a)', 2],
    ['abs(-3) + floor(1.9) + ceil(1.1)', 6],
    ['exp(0) + sqrt(16) + log(1)', 5],
    ['1e2 + .5 + 3.', 103.5],
    [' a ', 2],
  ])('%s', (text, value) => {
    expect(worth(text)).toBeCloseTo(value, 12)
  })

  it.each([
    '0.5 * a + 0.5 * b)',
    '(a',
    'a +',
    '',
    'c',
    'ab',
    'a a',
    '2a',
    'min()',
    'abs(a, b)',
    'pow(a, 2)',
    'a; b',
    'a == b',
    'process.exit(1)',
    'constructor',
    '__proto__',
    'toString()',
    "'a'",
    '(function(){})()',
    `${'('.repeat(100)}a${')'.repeat(100)}`,
    `${'-'.repeat(100)}a`,
  ])('%s is refused', (text) => {
    expect(() => worth(text)).toThrow(expect.objectContaining({ errors: { formula_parse_error: true } }))
  })

  it('a formula that is too long is refused', () => {
    expect(() => worth('a+'.repeat(3000))).toThrow('longer than 4096 characters')
  })

  it.each(['1 / 0', 'sqrt(0 - a)', 'log(0)', 'exp(1000)', '0 / 0'])('%s is no reward', (text) => {
    expect(() => worth(text)).toThrow(expect.objectContaining({ errors: { other_error: true } }))
  })
})

test('a grader may have the name of a function, which is the one before a parenthesis', () => {
  const formula = parseFormula('max (exp, exp(0)) + max', ['exp', 'max'])
  const values = new Map([
    ['exp', 0.5],
    ['max', 2],
  ])
  expect(evaluateFormula(formula, values)).toBe(3)
})

test('what a formula reads', () => {
  expect(variablesOf(parseFormula('a * min(b, -a ^ 2)', ['a', 'b', 'c']))).toEqual(['a', 'b', 'a'])
})

test('any formula that is written out has its value, and any text is a number or refused', () => {
  let state = 5
  const next = (most: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % most
  }
  const made = (depth: number): { text: string; value: number } => {
    if (depth === 0) return next(2) === 0 ? { text: 'b', value: 3 } : { text: '0.5', value: 0.5 }
    const [left, right] = [made(depth - 1), made(depth - 1)]
    return (
      [
        { text: `(${left.text}) + (${right.text})`, value: left.value + right.value },
        { text: `(${left.text})-(${right.text})`, value: left.value - right.value },
        { text: `(${left.text}) * (${right.text})`, value: left.value * right.value },
        { text: `min(${left.text},${right.text})`, value: Math.min(left.value, right.value) },
        { text: `-(${left.text})`, value: -left.value },
      ][next(5)] ?? left
    )
  }
  for (let round = 0; round < 500; round++) {
    const { text, value } = made(next(5))
    expect([text, worth(text)]).toEqual([text, value])
  }
  const parts = [
    '1',
    '2.5',
    'a',
    'b',
    '+',
    '-',
    '*',
    '/',
    '^',
    '(',
    ')',
    'min(',
    ',',
    ' ',
    '\n',
    '😀',
    '.',
    'e',
  ]
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(9) }, () => parts[next(parts.length)]).join('')
    try {
      expect(Number.isFinite(worth(text))).toBe(true)
    } catch (error) {
      expect(error).toMatchObject({ name: 'GraderFault' })
    }
  }
})
