import { describe, expect, it } from 'vitest'
import { ORDER_POLICIES } from './orders.ts'

const scores = [1, 0, -1]

/** Winners for forward +, 0, - (rows) by backward -, 0, + (columns). */
const tableOf = (policy: keyof typeof ORDER_POLICIES, minimum = 0) =>
  scores.map((forward) =>
    scores.toReversed().map((backward) => ORDER_POLICIES[policy](forward, backward, minimum)),
  )

describe('ORDER_POLICIES', () => {
  it('compat is the published table, which a swap does not mirror', () => {
    expect(tableOf('compat')).toEqual([
      ['first', 'first', 'tie'],
      ['tie', 'tie', 'second'],
      ['tie', 'tie', 'second'],
    ])
  })

  it('strict wants a win in both orders', () => {
    expect(tableOf('strict')).toEqual([
      ['first', 'tie', 'tie'],
      ['tie', 'tie', 'tie'],
      ['tie', 'tie', 'second'],
    ])
  })

  it('mean takes the sign of the difference', () => {
    expect(tableOf('mean')).toEqual([
      ['first', 'first', 'tie'],
      ['first', 'tie', 'second'],
      ['tie', 'second', 'second'],
    ])
  })

  it('counts scores up to the minimum as no difference', () => {
    expect(tableOf('strict', 1).flat()).toEqual(Array(9).fill('tie'))
    expect(tableOf('mean', 1).flat()).toEqual(Array(9).fill('tie'))
  })
})
