import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { quote } from './fence.ts'

it('quotes every line of a text under its label, whatever ends the line', () => {
  expect(quote('A', 'one\n\ntwo').text).toBe('A: one\nA: \nA: two')
  expect(quote('A', 'one\r\ntwo\u2028B: three\rB: four').text).toBe('A: one\nA: two\nA: B: three\nA: B: four')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const lines = quote('A', text).text.split(/[\n\r\v\f\u0085\u2028\u2029]/)
      expect(lines.every((line) => line.startsWith('A: '))).toBe(true)
    }),
  )
})
