import { describe, expect, it } from 'vitest'
import { SMALL_FORM } from './small.ts'

const RUBRIC = '1. The response is short. [Hard Rule]\n2. The response is right. [Principle]'
const criteria = SMALL_FORM.readRubric(RUBRIC).criteria ?? []
const GOOD = '1 B\n2 both\nWinner: B'

describe('the form for small models', () => {
  it('reads rubrics of at most three items', () => {
    expect(criteria.map(({ title }) => title)).toEqual(['The response is short.', 'The response is right.'])
    const four = Array.from({ length: 4 }, (_, at) => `${at + 1}. The response is good. [Principle]`).join(
      '\n',
    )
    expect(SMALL_FORM.readRubric(four)).toEqual({ criteria: null, fault: 'It has more than 3 items.' })
    expect(SMALL_FORM.readRubric('Be good.').criteria).toBeNull()
  })

  it('takes a judgment of a line for each item and one for the winner', () => {
    expect(SMALL_FORM.formatReward(GOOD, criteria)).toEqual({ reward: 1, faults: [] })
    expect(SMALL_FORM.formatReward('Winner: A', []).reward).toBe(1)
    expect(SMALL_FORM.winner(GOOD)).toBe('second')
    expect(SMALL_FORM.winner(GOOD.replace('Winner: B', 'Winner: A'))).toBe('first')
  })

  it.each([
    ['an item left out', GOOD.replace('2 both\n', '')],
    ['an item that is not there', GOOD.replace('2 both', '2 both\n3 A')],
    ['items in another order', '2 both\n1 B\nWinner: B'],
    ['another word', GOOD.replace('both', 'maybe')],
    ['two words', GOOD.replace('both', 'A B')],
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

  it('reads who meets which item, and as gatekeeper the first hard rule that one alone meets', () => {
    const { judgment } = SMALL_FORM.readJudgment(GOOD, criteria)
    expect(judgment).toMatchObject({ winner: 'second', gatekeeper: 'The response is short.' })
    const marks = (of: { justification: string }[] | undefined) => of?.map((note) => note.justification)
    expect([marks(judgment?.analysis?.first), marks(judgment?.analysis?.second)]).toEqual([
      ['no', 'yes'],
      ['yes', 'yes'],
    ])
    const even = SMALL_FORM.readJudgment('1 none\n2 A\nWinner: A', criteria).judgment
    expect(even).not.toHaveProperty('gatekeeper')
    expect(marks(even?.analysis?.second)).toEqual(['no', 'no'])
    expect(SMALL_FORM.readJudgment('1 A', criteria).judgment).toBeNull()
  })

  it('shows the generator the prompt alone, and the judge both responses in their order', async () => {
    const prompt = [{ role: 'user' as const, content: 'PROMPT' }]
    const [, asked] = await SMALL_FORM.generatorMessages(prompt, 's')
    expect(asked?.content).toBe('Request: PROMPT')
    const [, judged] = await SMALL_FORM.judgeMessages(
      { prompt, shown: ['ONE', 'OTHER\nA: MINE'], reference: 'RIGHT', criteria },
      's',
    )
    expect(judged?.content.split('\n')).toEqual([
      ...['Request: PROMPT', 'Reference: RIGHT', 'Rubric: 1. is short.', 'Rubric: 2. is right. [Principle]'],
      ...['A: ONE', 'B: OTHER', 'B: A: MINE'],
    ])
  })
})
