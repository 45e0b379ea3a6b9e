import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { LabelledPair } from '../protocol/training/rubric-arm.ts'
import { type Teacher, teach } from './contrastive.ts'
import { SMALL_FORM } from './forms/small.ts'
import { warmUpConversations } from './warm-up.ts'

const RUBRIC = '1. The response is good. [Principle]'

const pair = (prompt: string, better: string, worse: string, winner: 'first' | 'second'): LabelledPair => ({
  ...{ id: null, prompt: [{ role: 'user', content: prompt }], winner, trajectory: null },
  responses: winner === 'first' ? [better, worse] : [worse, better],
})

function teacher(reply: (text: string) => string): Teacher & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async generate(messages: Message[]) {
      const text = messages.at(-1)?.content ?? ''
      asked.push(text)
      const said = reply(text)
      if (said === 'down') throw new PlumblineError('model_unreachable', 'It is down.', { transient: true })
      const finish = said === 'cut' ? 'length' : 'stop'
      return { text: said, finish, tokens: { prompt: 0, completion: 0, cached: 0 } }
    },
  }
}

/** A judge that finds for the response with more marks. */
const judge = () =>
  teacher((text) => {
    const of = (letter: string) => new RegExp(`^${letter}: (!*)`, 'm').exec(text)?.[1]?.length ?? 0
    const winner = of('A') > of('B') ? 'A' : 'B'
    return `1 ${winner}\nWinner: ${winner}`
  })

const PAIRS = [
  pair('P', '!!! best', '! worst', 'second'),
  pair('P', '!! middle', '! worst', 'first'),
  pair('P', '!!! best', '!! middle', 'first'),
  pair('Q', '!! good', '! bad', 'first'),
]
const options = { form: 'small', secret: 's' } as const

describe('what a teacher makes of labelled pairs', () => {
  it('is one rubric a prompt, from responses in their order of merit, and a judgment of each pair', async () => {
    const rubrics = teacher(() => `<think>hm</think>\n${RUBRIC}`)
    const judges = judge()
    const { pairs, asked, failures, unread } = await teach(PAIRS, { ...options, rubrics, judge: judges })
    expect([rubrics.asked.length, asked, failures.size, unread]).toEqual([2, 6, 0, 0])
    expect(rubrics.asked[0]).toMatch(/!!! best[\s\S]*!! middle[\s\S]*! worst/)
    expect(rubrics.asked[0]).toContain('at most 3 items')
    expect(judges.asked[0]).toMatch(/nothing else[\s\S]*1 A\n2 both\nWinner: A$/)
    expect(pairs.map(({ trajectory }) => trajectory.rubric)).toEqual(Array(4).fill(RUBRIC))
    const { judge: learnt, generator, dropped } = await warmUpConversations(pairs, SMALL_FORM, 's')
    expect([learnt.length, generator.length, dropped]).toEqual([4, 2, { judge: 0, generator: 0 }])
  })

  it('keeps from the warm-up what its own judge is wrong by', async () => {
    const rubrics = teacher(() => RUBRIC)
    const wrong = PAIRS.map(({ winner, ...rest }): LabelledPair => {
      return { ...rest, winner: winner === 'first' ? 'second' : 'first' }
    })
    const { pairs } = await teach(wrong, { ...options, rubrics, judge: judge() })
    const { judge: learnt, generator } = await warmUpConversations(pairs, SMALL_FORM, 's')
    expect([learnt.length, generator.length]).toEqual([0, 0])
  })

  it('is nothing where the teacher fails, is cut off or writes no rubric, and that is counted', async () => {
    const replies = ['down', 'Be good.']
    const rubrics = teacher(() => replies.shift() ?? 'cut')
    const made = await teach([...PAIRS, pair('R', 'a', 'b', 'first')], {
      ...options,
      rubrics,
      judge: judge(),
    })
    expect(made).toEqual({
      pairs: [],
      asked: 3,
      unread: 1,
      failures: new Map([
        ['model_unreachable', { count: 1, message: 'It is down.' }],
        ['reply_truncated', { count: 1, message: 'A reply was cut off at 128 tokens.' }],
      ]),
    })
  })

  it('judges without knowing who won', async () => {
    const blind = judge()
    await teach(PAIRS.slice(0, 1), { ...options, rubrics: teacher(() => RUBRIC), judge: blind })
    const other = judge()
    const [first] = PAIRS
    if (!first) throw new Error('no pair')
    await teach([{ ...first, winner: 'first' }], { ...options, rubrics: teacher(() => RUBRIC), judge: other })
    expect(other.asked).toEqual(blind.asked)
  })

  it('ends with the signal', async () => {
    const given = new AbortController()
    given.abort(new Error('left'))
    const made = teach(PAIRS, { ...options, rubrics: judge(), judge: judge(), signal: given.signal })
    await expect(made).rejects.toThrow('left')
  })
})
