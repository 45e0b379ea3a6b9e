import { expect, it } from 'vitest'
import { SHIPPED_LAYERS } from '../meta-rubrics.ts'
import { opposedCriteria } from './opposed.ts'

const core = (...titles: string[]) =>
  titles.map((title, index) => ({ id: `c${index}`, level: 'core', title }) as const)

it.each([
  ['Cites sources', 'Does not cite sources'],
  ['The response should use bullets.', "It doesn't use bullets."],
  ['Uses bullets', 'Uses no bullets'],
  ['Is formal', 'The answer must not be formal'],
  ['Avoids mentioning the price', 'Mentions the price'],
  ['Lists foods with no sugar', 'Does not list foods with no sugar'],
  ['The response is short', 'The response is long.'],
  ['Is written in a formal tone', 'Casual'],
  ['Is entirely in English', 'The answer is in French'],
  ['Is valid JSON', 'Is XML'],
  ['Has at most 50 words', 'The response is at least 500 words long'],
  ['Contains exactly 3 paragraphs', 'Exactly 5 paragraphs'],
  ['Under 100 words', 'No fewer than 100 words'],
])('%j and %j contradict each other', (one, other) => {
  expect(opposedCriteria(core('Is kind', one, 'Is right', other))?.ids).toEqual(['c1', 'c3'])
  expect(opposedCriteria(core(other, one))?.ids).toEqual(['c0', 'c1'])
})

it.each([
  ['Cites sources', 'Cites sources'],
  ['Lists foods with sugar', 'Lists foods with no sugar'],
  ['Says that A is better than B', 'Does not say that B is better than A'],
  ['Does not only list facts', 'Lists only facts'],
  ['Does not list prices if it is short', 'Lists prices if it is short'],
  ['Does not necessarily cite sources', 'Necessarily cites sources'],
  ['Uses C++', 'Does not use C'],
  ['Does not have to cite sources', 'Has to cite sources'],
  ['Has a short title', 'Has a long title'],
  ['Is brief', 'Is detailed'],
  ['Contains JSON', 'Contains XML'],
  ['Quotes the text in French', 'Is in English'],
  ['At most 50 words', 'At least 20 words'],
  ['At most 3 sentences', 'At least 50 words'],
  ['The introduction has at most 50 words', 'The body has at least 500 words'],
  ['Not at least 50 words', 'At least 40 words'],
  ['Explains how not to fall', 'Explains how to fall'],
  ['回答简短', '回答不简短'],
])('%j and %j do not, beyond doubt', (one, other) => {
  expect(opposedCriteria(core(one, other))).toBe(null)
})

it('reads the description with the title', () => {
  const told = (title: string, description: string) =>
    ({ id: title, level: 'core', title, description }) as const
  const [brief, long] = [told('Length', 'At most 50 words.'), told('Format', 'At least 500 words.')]
  expect(opposedCriteria([brief, long])).toEqual({
    ids: ['Length', 'Format'],
    reason: 'at most 50 words and at least 500 words',
  })
  expect(opposedCriteria([told('Summary', 'At most 50 words.'), long])).toBe(null)
})

it('takes what is to be avoided for no demand', () => {
  const [short, long] = core('Is short', 'Is long').map(({ level: _, ...rest }) => rest)
  if (!short || !long) throw new Error('two were made')
  expect(
    opposedCriteria([
      { ...short, points: 5 },
      { ...long, points: -5 },
    ]),
  ).toBe(null)
  expect(
    opposedCriteria([
      { ...short, points: -5 },
      { ...long, points: -5 },
    ]),
  ).toBe(null)
  expect(
    opposedCriteria([
      { ...short, points: 5 },
      { ...long, points: 5 },
    ]),
  ).not.toBe(null)
})

it('holds siblings of a tree against each other', () => {
  const leaf = (id: string, title: string) => ({ id, weight: 1, title })
  const node = (id: string, ...criteria: ReturnType<typeof leaf>[]) => ({ ...leaf(id, id), criteria })
  expect(opposedCriteria([node('a', leaf('x', 'Is short')), node('b', leaf('y', 'Is long'))])).toBe(null)
  expect(opposedCriteria([node('a', leaf('x', 'Is short'), leaf('y', 'Is long'))])?.ids).toEqual(['x', 'y'])
})

it('finds nothing in what ships, nor takes long over much', () => {
  for (const { fatal, pool } of SHIPPED_LAYERS) expect(opposedCriteria([...fatal, ...pool])).toBe(null)
  const started = performance.now()
  const bounds = Array.from({ length: 1024 }, (_, index) => `At least ${index} words`)
  expect(opposedCriteria(core(...bounds))).toBe(null)
  expect(opposedCriteria(core(...bounds.map(() => 'no '.repeat(60_000))))).toBe(null)
  expect(performance.now() - started).toBeLessThan(2000)
})
