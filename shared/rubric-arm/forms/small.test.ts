import { describe, expect, it } from 'vitest'
import { SMALL_FORM } from './small.ts'

const RUBRIC = '1. The response is short. [Hard Rule]\n2. The response is right. [Principle]'
const criteria = SMALL_FORM.readRubric(RUBRIC).criteria ?? []
const GOOD = 'Gatekeeper: 2\nA: 1 yes, 2 no\nB: 1 no, 2 yes\nWinner: B'

describe('the form for small models', () => {
  it('reads rubrics of at most three items', () => {
    expect(criteria.map(({ title }) => title)).toEqual(['The response is short.', 'The response is right.'])
    const four = Array.from({ length: 4 }, (_, at) => `${at + 1}. The response is good. [Principle]`).join(
      '\n',
    )
    expect(SMALL_FORM.readRubric(four)).toEqual({ criteria: null, fault: 'It has more than 3 items.' })
    expect(SMALL_FORM.readRubric('Be good.').criteria).toBeNull()
  })

  it('takes a judgment of four lines, every item checked for both', () => {
    expect(SMALL_FORM.formatReward(GOOD, criteria)).toEqual({ reward: 1, faults: [] })
    expect(SMALL_FORM.winner(GOOD)).toBe('second')
    expect(SMALL_FORM.winner(GOOD.replace('Winner: B', 'Winner: A'))).toBe('first')
  })

  it.each([
    ['an item that is not there as gatekeeper', GOOD.replace('Gatekeeper: 2', 'Gatekeeper: 3')],
    ['an item left out', GOOD.replace('A: 1 yes, 2 no', 'A: 1 yes')],
    ['items in another order', GOOD.replace('1 no, 2 yes', '2 yes, 1 no')],
    ['another word', GOOD.replace('2 no', '2 maybe')],
    ['responses exchanged', 'Gatekeeper: 2\nB: 1 no, 2 yes\nA: 1 yes, 2 no\nWinner: B'],
    ['no winner', GOOD.replace('\nWinner: B', '')],
    ['something after the winner', `${GOOD}\nSo it is.`],
    ['something before', `Well.\n${GOOD}`],
    ['nothing', ''],
  ])('gives no reward for %s', (_, text) => {
    const { reward, faults } = SMALL_FORM.formatReward(text, criteria)
    expect(reward).toBe(0)
    expect(faults.length).toBeGreaterThan(0)
  })

  it('names no winner where a judgment names none, two, or only speaks of one', () => {
    for (const text of ['', 'A is the winner', `${GOOD}\nWinner: A`, 'Winner: A or B', 'The Winner: A']) {
      expect(SMALL_FORM.winner(text)).toBeNull()
    }
    expect(SMALL_FORM.winner('Winner: A\nWinner: A')).toBe('first')
  })

  it('shows the generator the prompt alone, and the judge both responses in their order', async () => {
    const prompt = [{ role: 'user' as const, content: 'PROMPT' }]
    const [, asked] = await SMALL_FORM.generatorMessages(prompt, 's')
    expect(asked?.content).toMatch(/<request \w+>\nPROMPT\n/)
    const [, judged] = await SMALL_FORM.judgeMessages(
      { prompt, shown: ['ONE', 'OTHER'], reference: null, criteria },
      's',
    )
    expect(judged?.content).toMatch(
      /PROMPT[\s\S]*1\. The response is short\. \[Hard Rule\]\n2\. [\s\S]*response_a \w+>\nONE[\s\S]*response_b \w+>\nOTHER/,
    )
  })
})
