import { expect, test } from 'vitest'
import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { turnedInTurn } from './arm.ts'

const PAIRS = (['first', 'second', 'second', 'first', 'first'] as const).map((winner): LabelledPair => {
  const responses: [string, string] = winner === 'first' ? ['good', 'bad'] : ['bad', 'good']
  return { id: null, prompt: [], responses, winner, trajectory: null }
})

test('the better responses of pairs are shown first and second in turn, wherever they stand in the data', () => {
  const ordersOf = (seed: number) => PAIRS.map((pair, place) => turnedInTurn(seed, place, pair))
  const orders = [1, 2, 3, 4, 5, 6].map(ordersOf)
  for (const turns of orders) {
    for (const { shown, winner } of turns) expect(shown[winner === 'first' ? 0 : 1]).toBe('good')
    const [one, other] = turns.map(({ winner }) => winner)
    expect(one).not.toBe(other)
    expect(turns.map(({ winner }) => winner)).toEqual([one, other, one, other, one])
  }
  expect(new Set(orders.map(([first]) => first?.winner))).toEqual(new Set(['first', 'second']))
  expect(ordersOf(1)).toEqual(orders[0])
})
