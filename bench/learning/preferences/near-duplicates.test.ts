import { expect, test } from 'vitest'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { distinctTexts } from './near-duplicates.ts'

const random = seededRandom(3)
const words = (count: number) => Array.from({ length: count }, () => `w${Math.floor(random() * 5000)}`)

test('of texts that hardly differ the first is kept, of others all', () => {
  const texts = Array.from({ length: 200 }, () => words(60))
  const edited = texts.map((text) => text.with(30, 'other').join(' '))
  const all = [...texts.map((text) => text.join(' ')), ...edited]
  expect(distinctTexts(all)).toEqual(texts.map((_, index) => index))
})

test('case, marks and spaces make no difference, and half a text in common is no repetition', () => {
  const [one, half] = [words(40), words(20)]
  const shared = [...one.slice(0, 20), ...half].join(' ')
  expect(distinctTexts([one.join(' '), one.join(',  ').toUpperCase(), shared])).toEqual([0, 2])
  expect(distinctTexts(['', '', 'one'])).toEqual([0, 2])
})
