import { describe, expect, it } from 'vitest'
import { SMALL_FORM } from './forms/small.ts'
import { consistent, type TaughtPair, warmUpConversations } from './warm-up.ts'

const prompt = [{ role: 'user' as const, content: 'P' }]
const RUBRIC = '1. The response is right. [Principle]'
const judgment = (winner: 'A' | 'B') => `1 ${winner}\nWinner: ${winner}`

const taught = (of: Partial<TaughtPair['trajectory']>, winner: 'first' | 'second' = 'first'): TaughtPair => ({
  prompt,
  responses: ['good', 'bad'],
  winner,
  trajectory: { rubric: RUBRIC, text: judgment('A'), order: 'forward', ...of },
})

const learnt = (pairs: TaughtPair[]) => warmUpConversations(pairs, SMALL_FORM, 's')

describe('warm-up conversations', () => {
  it('hold the judgments that name the winner, shown in the order in which the teacher saw them', async () => {
    const { judge, dropped } = await learnt([
      taught({}),
      taught({ text: judgment('B') }),
      taught({ text: judgment('B'), order: 'backward' }),
      taught({ order: 'backward' }),
      taught({ text: 'Winner: A' }),
    ])
    expect(judge.map((turns) => turns.at(-1)?.content)).toEqual([judgment('A'), judgment('B')])
    const shown = judge.map((turns) => turns[1]?.content.match(/(good|bad)$/gm))
    expect(shown).toEqual([
      ['good', 'bad'],
      ['bad', 'good'],
    ])
    expect(dropped.judge).toBe(3)
  })

  it('hold each rubric once that is right about at least half of its pairs', async () => {
    const other = '1. The response is long. [Principle]'
    const { generator, dropped } = await learnt([
      taught({}),
      taught({ text: judgment('B') }),
      taught({ rubric: other, text: judgment('B') }),
      taught({ rubric: other, text: judgment('B') }),
      taught({ rubric: other }),
      taught({ rubric: 'Be good.' }),
    ])
    expect(generator.map((turns) => turns.map(({ role }) => role))).toEqual([['system', 'user', 'assistant']])
    expect(generator[0]?.at(-1)?.content).toBe(RUBRIC)
    expect(dropped.generator).toBe(2)
  })

  it('hold a rubric that nobody judged by', async () => {
    const { generator, judge, dropped } = await learnt([taught({ text: null })])
    expect([generator.length, judge.length, dropped]).toEqual([1, 0, { judge: 0, generator: 0 }])
  })
})

describe('the consistency filter', () => {
  const wrong = () => taught({ text: judgment('B') })
  const texts = (pairs: TaughtPair[]) => pairs.map(({ trajectory }) => trajectory.text)

  it('drops a right judgment by a rubric that is wrong too often', () => {
    const pairs = [taught({}), wrong(), wrong()]
    expect(consistent(pairs, SMALL_FORM)).toEqual({ pairs: [], dropped: { judge: 3, generator: 1 } })
    const lenient = consistent(pairs, SMALL_FORM, 0.3)
    expect(texts(lenient.pairs)).toEqual([judgment('A'), null, null])
    expect(lenient.dropped).toEqual({ judge: 2, generator: 0 })
    expect(consistent([taught({}), wrong()], SMALL_FORM, 1).pairs).toEqual([])
  })

  it('leaves what it left before as it is', () => {
    const { pairs } = consistent([taught({}), wrong(), taught({ text: 'Winner: A' })], SMALL_FORM)
    expect(consistent(pairs, SMALL_FORM, 1)).toEqual({ pairs, dropped: { judge: 0, generator: 0 } })
  })
})
