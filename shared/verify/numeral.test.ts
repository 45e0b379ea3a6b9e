import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findNumerals, toRational } from './numeral.ts'
import { verifierSpec } from './verifiers.ts'
import { verify } from './verify.ts'

const read = (text: string) =>
  findNumerals(text).map((numeral) => {
    const value = toRational(numeral)
    return value === null ? null : Number(value.top) / Number(value.bottom)
  })

describe('numerals', () => {
  it.each<[string, (number | null)[]]>([
    ['18.', [18]],
    ['costs $1,234.50 now', [1234.5]],
    ['1, 2, 3', [1, 2, 3]],
    ['12,34', [12, 34]],
    ['x=-3', [-3]],
    ['16-3 = 16 - 3', [16, 3, 16, 3]],
    ['$-5 and -$5 and −7', [-5, -5, -7]],
    ['3/4, 1 3/4', [0.75, 1.75]],
    ['\\frac{3}{4} 2\\frac{1}{2} \\dfrac{-3}{4}', [0.75, 2.5, -0.75]],
    ['1.5e3 1.5 × 10^3 1.5 \\times 10^{-3}', [1500, 1500, 0.0015]],
    ['1{,}234 and 1\\,234', [1234, 1234]],
    ['<<16-3=13>>13', [16, 3, 13, 13]],
    ['.5', [0.5]],
    ['3/0', [null]],
    ['1e99999', [null]],
    ['no number', []],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected))

  it('reads back what JavaScript writes', async () => {
    const value = fc
      .double({ noNaN: true, min: -1e15, max: 1e15 })
      .filter((x) => x === 0 || Math.abs(x) > 1e-15)
    fc.assert(
      fc.property(value, (x) => {
        const [number, ...more] = read(String(x))
        expect(more).toEqual([])
        expect(number).toBeCloseTo(x, 12 - Math.ceil(Math.log10(Math.abs(x) + 1)))
      }),
    )
    fc.assert(
      fc.property(fc.integer(), (x) => {
        expect(read(x.toLocaleString('en'))).toEqual([x])
      }),
    )
  })

  it('takes time in proportion to the text', async () => {
    const started = performance.now()
    for (const part of ['1', '1,', '1 ', '-', '1 1/', '\\frac{1}{', '1 × 10^', '.1', '$ ', '1\\,']) {
      findNumerals(part.repeat(100_000))
    }
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('numeric_answer', () => {
  const check = async (spec: Record<string, unknown>, response: string) => {
    const checked = await verify([verifierSpec.parse({ kind: 'numeric_answer', ...spec })], {
      prompt: null,
      response,
    })
    return (await checked)[0]
  }
  const passes = async (spec: Record<string, unknown>, response: string) =>
    (await check(spec, response))?.passed

  it('compares the last number, exactly', async () => {
    expect(await passes({ value: 18 }, 'She makes 9 * 2 = $18.')).toBe(true)
    expect(await passes({ value: '18.00' }, '18')).toBe(true)
    expect(await passes({ value: 18 }, '18 of 20')).toBe(false)
    expect(await passes({ value: 0.3 }, '3/10')).toBe(true)
    expect(await passes({ value: '12345678901234567890' }, '12345678901234567891')).toBe(false)
    expect(await check({ value: 18 }, 'none')).toMatchObject({ passed: false, received: 'no number: "none"' })
  })

  it('never falls back to an earlier number when the last one is unreadable', async () => {
    expect(await passes({ value: 5 }, '5 then 5/0')).toBe(false)
  })

  it('takes the first number behind the last marker', async () => {
    expect(await passes({ value: 42, marker: '####' }, '#### 1\nno, #### 42 of 100')).toBe(true)
    expect(await passes({ value: 42, marker: '####' }, 'it is 42')).toBe(false)
  })

  it('takes the one number of the last box', async () => {
    const spec = { value: '1/2', marker: '\\boxed{}' }
    expect(await passes(spec, '\\boxed{3} hence $\\boxed{\\frac{1}{2}}$.')).toBe(true)
    expect(await passes(spec, '\\boxed{(1, 0.5)}')).toBe(false)
    expect(await passes(spec, '\\boxed{0.5')).toBe(false)
    expect(await passes(spec, '0.5')).toBe(false)
  })

  it('allows for tolerance', async () => {
    expect(await passes({ value: 2.54321, tolerance: 0.004 }, '2.54')).toBe(true)
    expect(await passes({ value: 2.54321, tolerance: 0.003 }, '2.54')).toBe(false)
    expect(await passes({ value: 1000, relative_tolerance: 0.01 }, '1,010')).toBe(true)
    expect(await passes({ value: -1000, relative_tolerance: 0.01 }, '-1011')).toBe(false)
    expect(await passes({ value: '1/3', tolerance: 1e-2 }, '0.33')).toBe(true)
  })

  it('takes 20% for 20 and for 0.2, and 0.2% for neither', async () => {
    const texts = ['20%', '20', '0.2', '0.2%']
    expect(await Promise.all(texts.map((text) => passes({ value: '20%' }, text)))).toEqual([
      true,
      true,
      true,
      false,
    ])
    const others = ['20\\%', '20', '0.2'].map((text) => passes({ value: 0.2 }, text))
    expect(await Promise.all(others)).toEqual([true, false, true])
  })
})
