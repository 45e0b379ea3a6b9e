import { describe, expect, test } from 'vitest'
import { type LabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import { type Scripted, scriptedSampler } from '../testing/scripted-sampler.ts'
import { rubricText, TINY_FORM } from '../testing/tiny-form.ts'
import type { Arm } from './arm.ts'
import { rollOutGenerator } from './generator-rollouts.ts'
import { judgePairs, writeRubrics } from './judge-pairs.ts'
import { rollOutJudge } from './judge-rollouts.ts'
import { RubricCache } from './rubric-cache.ts'

const SETTINGS = {
  judge: { group_size: 4, max_new_tokens: 9 },
  generator: { group_size: 4, max_new_tokens: 9 },
}
const none = new AbortController().signal
const criteria = TINY_FORM.readRubric(rubricText('blue')).criteria ?? []

function armOf(reply: (scripted: Scripted) => string, settings = {}) {
  const sampler = scriptedSampler(reply)
  const arm: Arm = {
    sampler,
    settings: rubricArmSettings.parse({ ...SETTINGS, ...settings }),
    form: TINY_FORM,
    secret: '',
  }
  return { arm, sampler }
}

/** Pair n of the prompt, the better response being the one that says good. */
const pair = (prompt: string, n: number): LabelledPair => {
  const responses: [string, string] = n % 2 === 0 ? [`good ${n}`, `bad ${n}`] : [`bad ${n}`, `good ${n}`]
  const winner = n % 2 === 0 ? 'first' : 'second'
  return { id: null, prompt: [{ role: 'user', content: prompt }], responses, winner, trajectory: null }
}
const PAIRS = Array.from({ length: 40 }, (_, n) => pair(`p${n}`, n))

/** A judge that sees which response is good. */
const seeing = (content: string) => `A yes B no winner ${content.includes('\nA good') ? 'A' : 'B'}`

describe('rollouts of the judge', () => {
  test('earn one for the right winner and one for the form, and 0 for what is malformed', async () => {
    const { arm } = armOf(
      ({ content, index }) =>
        [seeing(content), `so: ${seeing(content).slice(-8)}`, 'A yes B no', `${seeing(content)}…`].at(
          index,
        ) ?? '',
    )
    const tasks = PAIRS.map((pair) => ({ pair, criteria }))
    const { groups, metrics } = await rollOutJudge(arm, tasks, 1, none)
    expect(groups.map(({ rewards }) => rewards)).toEqual(PAIRS.map(() => [2, 1, 0, 0]))
    expect(metrics).toMatchObject({ reward: 0.75, accuracy: 0.5, format: 0.25 })
    // Without bias: half of four are right.
    expect(metrics.within_rubric).toBeCloseTo((0.25 * 4) / 3, 12)
    expect(metrics.completions).toBe(160)
  })

  test('earn nothing for the form where it is turned off', async () => {
    const { arm } = armOf(({ content }) => seeing(content), { format_reward: false })
    const { groups } = await rollOutJudge(arm, [{ pair: pair('p', 0), criteria }], 1, none)
    expect(groups[0]?.rewards).toEqual([1, 1, 1, 1])
  })

  test('show pairs in orders that are drawn, and turn the label with them', async () => {
    const { arm, sampler } = armOf(() => 'A yes B yes winner A')
    const { metrics } = await rollOutJudge(
      arm,
      PAIRS.map((pair) => ({ pair, criteria })),
      1,
      none,
    )
    const goodFirst = sampler.asked.filter(({ messages }) => messages[0]?.content.includes('\nA good'))
    expect(goodFirst.length).toBeGreaterThan(10)
    expect(goodFirst.length).toBeLessThan(30)
    expect(metrics.accuracy).toBe(goodFirst.length / 40)
    const again = armOf(() => '')
    await rollOutJudge(
      again.arm,
      PAIRS.map((pair) => ({ pair, criteria })),
      1,
      none,
    )
    expect(again.sampler.asked).toEqual(sampler.asked)
  })
})

describe('rollouts of the generator', () => {
  test('earn what one greedy judgment finds, 0 without a rubric, and nothing without a verdict', async () => {
    const { arm, sampler } = armOf(({ request, content, index }) => {
      if (request.role === 'judge') {
        if (content.includes('says grey')) return 'hm'
        return content.includes('says red') ? seeing(content).replace(/.$/, wrongLetter) : seeing(content)
      }
      return ['says blue', 'says red', 'blue', 'says grey'][index] ?? ''
    })
    const { groups, metrics } = await rollOutGenerator(arm, PAIRS, 1, none)
    expect(groups.map(({ rewards }) => rewards)).toEqual(PAIRS.map(() => [1, 0, 0, null]))
    expect(metrics).toMatchObject({
      ...{ accuracy: 0.5, format: 0.75, judge_unread: 1 / 3, between_rubrics: 0.5, rubric_items: 1 },
      completions: 160 + 120,
    })
    const judged = sampler.asked.filter(({ role }) => role === 'judge')
    expect(judged).toHaveLength(120)
    expect(judged.every(({ count, temperature }) => count === 1 && temperature === 0)).toBe(true)
    // All rubrics of a prompt are judged in one order, which is drawn for it.
    const first = judged.map(({ messages }) => messages[0]?.content.includes('\nA good'))
    const groupsOf = PAIRS.map((_, n) => new Set(first.slice(3 * n, 3 * n + 3)))
    expect(groupsOf.every(({ size }) => size === 1)).toBe(true)
    expect(new Set(first).size).toBe(2)
  })

  test('see the prompt alone', async () => {
    const { arm, sampler } = armOf(() => 'says blue')
    await rollOutGenerator(arm, PAIRS.slice(0, 3), 1, none)
    const asked = sampler.asked.filter(({ role }) => role === 'generator')
    expect(asked.map(({ messages }) => messages[0]?.content)).toEqual(
      ['p0', 'p1', 'p2'].map((p) => `rubric for ${p}`),
    )
  })
})

const wrongLetter = (letter: string) => (letter === 'A' ? 'B' : 'A')

describe('cached rubrics', () => {
  test('are drawn once a prompt, and anew where they can’t be read', async () => {
    const draws = new Map<string, number>()
    const { arm } = armOf(({ content }) => {
      const drawn = (draws.get(content) ?? 0) + 1
      draws.set(content, drawn)
      return content.endsWith('never') || drawn < 2 ? 'no rubric' : `says ${'xyz'[drawn] ?? 'w'}`
    })
    const cache = new RubricCache()
    const prompts = ['one', 'two', 'one', 'never'].map((content) => pair(content, 0).prompt)
    const titles = async () => {
      const rubrics = await cache.of(arm, prompts, 1, none)
      return rubrics.map((criteria) => criteria?.map(({ title }) => title) ?? null)
    }
    const first = await titles()
    expect(first).toEqual([['says z'], ['says z'], ['says z'], null])
    expect([...draws.values()]).toEqual([2, 2, 3])
    expect(await titles()).toEqual(first)
    expect([...draws.values()]).toEqual([2, 2, 3])
    const copy = new RubricCache()
    copy.replace(cache.entries())
    expect(await copy.of(arm, prompts, 1, none)).toEqual(await cache.of(arm, prompts, 1, none))
  })
})

describe('pairs judged by any rubrics', () => {
  test('are right, wrong or without a verdict, in the same orders whatever the rubrics', async () => {
    const { arm, sampler } = armOf(({ content }) => (content.includes('p7') ? '?' : seeing(content)))
    const options = { form: TINY_FORM, role: 'judge', maxTokens: 9, seed: 3 }
    const rubrics = PAIRS.map((_, n) => (n === 5 ? null : criteria))
    const { right, accuracy, nulls, first } = await judgePairs(arm.sampler, PAIRS, rubrics, options)
    expect(right.map((hit, n) => (hit === null ? n : hit)).filter((hit) => hit !== true)).toEqual([5, 7])
    expect([accuracy, nulls]).toEqual([1, 2])
    expect(first).toBeGreaterThan(0.25)
    expect(first).toBeLessThan(0.75)
    const orders = sampler.asked.map(({ messages }) => messages[0]?.content.split('\n').slice(1).join())
    const other = armOf(() => '')
    const empty = PAIRS.map((_, n) => (n === 5 ? null : []))
    await judgePairs(other.sampler, PAIRS, empty, options)
    expect(
      other.sampler.asked.map(({ messages }) => messages[0]?.content.split('\n').slice(1).join()),
    ).toEqual(orders)
  })

  test('take rubrics that are written greedily', async () => {
    const { sampler } = armOf(({ content }) => (content.endsWith('p1') ? 'says blue…' : 'says blue'))
    const options = { form: TINY_FORM, role: 'generator', maxTokens: 9 }
    const rubrics = await writeRubrics(
      sampler,
      PAIRS.slice(0, 3).map(({ prompt }) => prompt),
      options,
    )
    expect(rubrics).toEqual([criteria, null, criteria])
    expect(sampler.asked.every(({ temperature, role }) => temperature === 0 && role === 'generator')).toBe(
      true,
    )
  })
})
