import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cohenKappa } from './cohen-kappa.ts'
import { fleissKappa } from './fleiss-kappa.ts'
import { krippendorffAlpha } from './krippendorff-alpha.ts'

describe('cohenKappa', () => {
  it('is the textbook value of a 2 x 2 table', () => {
    const times = (n: number, pair: [string, string]) => Array.from({ length: n }, () => pair)
    const table = [...times(20, ['y', 'y']), ...times(5, ['y', 'n']), ...times(10, ['n', 'y'])]
    expect(cohenKappa([...table, ...times(15, ['n', 'n'])])).toBeCloseTo(0.4, 12)
  })

  it('is 1 for equal ratings, below 0 for opposite ones, and leaves out what one did not rate', () => {
    expect(
      cohenKappa([
        ['a', 'a'],
        ['b', 'b'],
        ['a', null],
      ]),
    ).toBe(1)
    expect(
      cohenKappa([
        ['a', 'b'],
        ['b', 'a'],
      ]),
    ).toBe(-1)
  })

  it('is null, not 0 or 1, where it is undefined', () => {
    expect(cohenKappa([])).toBeNull()
    expect(
      cohenKappa([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toBeNull()
  })
})

describe('fleissKappa', () => {
  /** Fleiss 1971: ten subjects, fourteen raters, five labels; kappa is 0.210. */
  const TABLE = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ]
  const ratings = TABLE.map((row) => row.flatMap((count, label) => Array(count).fill(String(label))))

  it('is the published value', () => {
    expect(fleissKappa(ratings).kappa).toBeCloseTo(0.21, 3)
    expect(fleissKappa(ratings)).toMatchObject({ items: 10, raters: 14 })
  })

  it('leaves out items with fewer ratings and says so', () => {
    expect(fleissKappa([...ratings, ['0', null, '0']])).toEqual(fleissKappa(ratings))
    expect(fleissKappa([['a'], [null]])).toEqual({ kappa: null, items: 0, raters: 0 })
  })
})

describe('krippendorffAlpha', () => {
  /** Krippendorff's own example: four raters, twelve items, ratings missing; nominal 0.743, interval 0.849. */
  const raters = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
    [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
  ]
  const items = Array.from({ length: 12 }, (_, item) => raters.map((ratings) => ratings[item] ?? null))

  it('is the published value on both scales', () => {
    expect(krippendorffAlpha(items, 'nominal')).toBeCloseTo(0.743, 3)
    expect(krippendorffAlpha(items, 'interval')).toBeCloseTo(0.849, 3)
  })

  it('is 1 where all agree, whatever the raters and their number', () => {
    const agreed = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 2, max: 5 })), {
      minLength: 2,
    })
    fc.assert(
      fc.property(agreed, (rows) => {
        const alpha = krippendorffAlpha(
          rows.map(([rating, raters]) => Array(raters).fill(rating)),
          'nominal',
        )
        expect(alpha).toBe(new Set(rows.map(([rating]) => rating)).size === 1 ? null : 1)
      }),
    )
  })
})
