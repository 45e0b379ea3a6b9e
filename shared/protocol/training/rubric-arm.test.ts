import { describe, expect, it } from 'vitest'
import { readLabelledPair, rubricArmSettings } from './rubric-arm.ts'

const issues = (given: unknown) =>
  rubricArmSettings.safeParse(given).error?.issues.map(({ path, message }) => [path.join('.'), message])

describe("Rubric-ARM's settings", () => {
  it('are the paper’s by default', () => {
    const { judge, generator, parts, order, rubrics, form, optimiser } = rubricArmSettings.parse({})
    expect({ parts, order, rubrics, form, rate: optimiser.learning_rate }).toEqual({
      ...{ parts: 3, order: 'judge_first', rubrics: 'cached', form: 'full', rate: 1e-6 },
    })
    const shared = { temperature: 1, inner_iterations: 2, clip_low: 0.2, clip_high: 0.28, kl: 0.001 }
    expect(judge).toMatchObject({ ...shared, group_size: 7, prompts: 32, max_new_tokens: 1024 })
    expect(generator).toMatchObject({ ...shared, group_size: 6, prompts: 48, max_new_tokens: 512 })
    expect([judge.group_size * judge.prompts, generator.group_size * generator.prompts]).toEqual([224, 288])
  })

  it('are a recipe’s under what is given, field by field', () => {
    const { judge, generator, form, warm_up } = rubricArmSettings.parse({
      recipe: 'small',
      judge: { kl: 0.5, steps: null },
      warm_up: { judge: { epochs: 0 } },
    })
    expect(form).toBe('small')
    expect(judge).toMatchObject({ kl: 0.5, steps: null, group_size: 6, max_new_tokens: 48 })
    expect(generator).toMatchObject({ kl: 0.001, steps: 20, max_new_tokens: 60, inner_iterations: 1 })
    expect([warm_up.judge.epochs, warm_up.judge.batch_size, warm_up.generator.epochs]).toEqual([0, 16, 1])
  })

  it('refuse what they don’t know, by name', () => {
    expect(issues({ recipe: 'huge' })?.[0]?.[0]).toBe('recipe')
    expect(issues({ judge: { group_sise: 7 } })?.[0]).toEqual(['judge', 'Unrecognized key: "group_sise"'])
    expect(issues({ recipe: 'small', judge: 5 })?.[0]?.[0]).toBe('judge')
    expect(issues('small')).toHaveLength(1)
  })
})

describe('a labelled pair', () => {
  const line = { prompt: 'P', responses: ['a', 'b'], winner: 'second' }

  it('is read with what a teacher wrote of it', () => {
    expect(readLabelledPair({ ...line, id: 7, unknown: 1 })).toEqual({
      id: '7',
      prompt: [{ role: 'user', content: 'P' }],
      responses: ['a', 'b'],
      winner: 'second',
      trajectory: null,
    })
    const { winner: label, ...rest } = line
    const taught = readLabelledPair({ ...rest, label, rubric: 'R', trajectory: 'T', order: 'backward' })
    expect([taught.winner, taught.trajectory]).toEqual([
      'second',
      { rubric: 'R', text: 'T', order: 'backward' },
    ])
    expect(readLabelledPair({ ...line, rubric: 'R' }).trajectory).toEqual({
      ...{ rubric: 'R', text: null, order: 'forward' },
    })
  })

  it.each([
    ['a tie', { winner: 'tie' }, 'winner'],
    ['both names of the label', { label: 'first' }, 'winner'],
    ['one response', { responses: ['a'] }, 'responses'],
    ['an empty response', { responses: ['a', ''] }, 'responses'],
    ['a trajectory without its rubric', { trajectory: 'T' }, 'trajectory'],
  ])('is refused with %s', (_, change, param) => {
    expect(() => readLabelledPair({ ...line, ...change })).toThrow(param)
  })
})
