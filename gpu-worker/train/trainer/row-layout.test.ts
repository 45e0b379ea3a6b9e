import { expect, test } from 'vitest'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { branchPlaces } from '../../nn/training/branch-places.ts'
import { plainTokens, type RowLengths, rowLayout } from './row-layout.ts'

const group = (prompt: number, branches: readonly number[]): RowLengths => ({ prompt, branches })
const ANY = Number.POSITIVE_INFINITY

test('branches of one length get a lane each', () => {
  const rows = [group(512, Array(8).fill(127))]
  expect(rowLayout(rows, ANY)).toEqual({ tokens: 1536, lanes: { count: 8, tokens: 128 } })
})

test('short branches share lanes with others, and the rest of the trunk', () => {
  const layout = rowLayout([group(500, [126, 120, 100, 60, 60, 50, 70, 60, 12, 28, 60])], ANY)
  expect(layout).toEqual({ tokens: 512 + 6 * 128, lanes: { count: 6, tokens: 128 } })
})

test('without lanes where they save little: short rows, one branch', () => {
  expect(rowLayout([group(64, Array(8).fill(15))], ANY)).toEqual({ tokens: 192 })
  expect(rowLayout([group(900, [100])], ANY)).toEqual({ tokens: 1024 })
})

test('one layout for all rows, within the tokens that are allowed', () => {
  const random = seededRandom(1)
  const between = (least: number, most: number) => least + Math.floor((most - least) * random())
  let laned = 0
  for (let i = 0; i < 50; i++) {
    const rows = Array.from({ length: between(1, 3) }, () =>
      group(
        between(50, 600),
        Array.from({ length: between(2, 9) }, () => between(0, 300)),
      ),
    )
    const tokens = plainTokens(rows)
    const layout = rowLayout(rows, tokens)
    expect(layout.tokens).toBeLessThanOrEqual(tokens)
    for (const { prompt, branches } of rows) {
      const places = branchPlaces(layout, prompt, branches)
      expect(places).toHaveLength(branches.length)
    }
    if (layout.lanes) laned++
  }
  expect(laned).toBeGreaterThan(10)
})
