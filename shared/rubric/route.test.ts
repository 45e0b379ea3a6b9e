import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../model/language-model.ts'
import type { Memory } from '../model/memory.ts'
import { PlumblineError } from '../protocol/error.ts'
import { SHIPPED } from './meta-rubrics.ts'
import { LEAST_CONFIDENCE, routeDomain } from './route.ts'

const prompt = [{ role: 'user' as const, content: 'Is this mole dangerous?' }]
const EMPTY = '\nN/A\n'
const tokens = { prompt: 1, completion: 1, cached: 0 }

/** A memory that keeps all it was given. */
function keeping(): Memory {
  const kept = new Map<string, Promise<string>>()
  return {
    async recall(key, make) {
      const json = kept.get(key) ?? make().then((value) => JSON.stringify(value))
      kept.set(key, json)
      return JSON.parse(await json)
    },
  }
}

/** A model that picks labels: `odds` says how much it likes a choice, by what the choice means. */
function picking(odds: (meaning: string, neutral: boolean) => number, showsTitles = true) {
  const asked: string[] = []
  const model: LanguageModel = {
    identity: 'm',
    instantiate: 'select',
    verdicts: 'choose',
    generate: () => Promise.reject(new Error('not asked')),
    async choose(messages, choices) {
      const text = messages.map(({ content }) => content).join('\n')
      asked.push(text)
      const labelled = choices[0] === '1'
      if (!labelled && !showsTitles) throw new PlumblineError('choice_not_observed', 'Not among the tokens.')
      const weights = choices.map((choice) => {
        const meaning = labelled ? new RegExp(`^${choice} = (.*)$`, 'm').exec(text)?.[1] : choice
        return odds(meaning ?? '', text.includes(EMPTY))
      })
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      return { probabilities: weights.map((weight) => weight / total), tokens }
    },
  }
  return { model, asked }
}

/** A model that writes this reply. */
const writing = (reply: string): LanguageModel => ({
  identity: 'm',
  instantiate: 'generate',
  verdicts: 'generate',
  generate: async () => ({ text: reply, finish: 'stop', tokens }),
  choose: () => Promise.reject(new Error('not asked')),
})

const route = async (model: LanguageModel, memory = keeping()) =>
  routeDomain(prompt, await SHIPPED.newest(), { model, memory, secret: 's' })

describe('a model that picks', () => {
  it('routes to the domain that it finds likeliest, and ranks the others', async () => {
    const { model } = picking((meaning, neutral) => (meaning === 'Medicine' && !neutral ? 9 : 1))
    const { meta_rubric, confidence, ranking } = await route(model)
    expect(meta_rubric).toBe('medicine@1')
    expect(confidence).toBeCloseTo(9 / 16, 9)
    expect(ranking[0]).toEqual({ name: 'medicine@1', probability: confidence })
    expect(ranking.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9)
    expect(ranking.map(({ name }) => name).toSorted()).toEqual(
      (await SHIPPED.newest()).map(({ name, version }) => `${name}@${version}`).toSorted(),
    )
  })

  it('takes no account of a liking that it has without any text', async () => {
    const { model } = picking((meaning) => (meaning === 'Code' ? 99 : 1))
    const { meta_rubric, confidence } = await route(model)
    expect(meta_rubric).toBe('general@1')
    expect(confidence).toBeCloseTo(1 / 8, 9)
  })

  it('falls back to the general meta-rubric where it is unsure, and says what it found', async () => {
    const { model } = picking((meaning, neutral) => (meaning === 'Medicine' && !neutral ? 2 : 1))
    const found = await route(model)
    expect(found.confidence).toBeLessThan(LEAST_CONFIDENCE)
    expect(found).toMatchObject({
      meta_rubric: 'general@1',
      ranking: [{ name: 'medicine@1' }, {}, {}, {}, {}, {}, {}, {}],
    })
  })

  it('is asked by digits where its server does not show the titles', async () => {
    const { model } = picking((meaning, neutral) => (meaning === 'Medicine' && !neutral ? 9 : 1), false)
    expect(await route(model)).toMatchObject({ meta_rubric: 'medicine@1' })
  })

  it('gives every choice a name of its own, whatever an organisation calls its layers', async () => {
    const among = await SHIPPED.newest()
    const [general] = among
    if (!general) throw new Error('general is missing')
    const house = { ...general, name: 'house' }
    const clinic = { ...general, name: 'clinic', extends: 'general@1', title: 'Medicine' }
    const offered = new Set<string>()
    const { model } = picking((meaning, neutral) => {
      offered.add(meaning)
      return meaning === 'clinic' && !neutral ? 99 : 1
    })
    const context = { model, memory: keeping(), secret: 's' }
    const found = await routeDomain(prompt, [...among, house, clinic], context)
    expect(found.meta_rubric).toBe('clinic@1')
    expect(offered.size).toBe(among.length + 2)
  })

  it('is asked once for a prompt', async () => {
    const { model, asked } = picking(() => 1)
    const memory = keeping()
    await route(model, memory)
    const calls = asked.length
    await route(model, memory)
    expect(asked).toHaveLength(calls)
    expect(calls).toBe(2)
  })

  it('fails where it gives nothing a probability', async () => {
    await expect(route(picking(() => 0).model)).rejects.toMatchObject({ code: 'choice_not_observed' })
  })
})

describe('a model that writes', () => {
  const reply = (...domains: [string, number][]) =>
    JSON.stringify({ domains: domains.map(([name, probability]) => ({ name, probability })) })

  it('states a probability for each domain, which are made to sum to 1', async () => {
    const found = await route(writing(reply(['safety', 0.6], ['medicine', 0.9], ['general', 0])))
    expect(found).toMatchObject({ meta_rubric: 'medicine@1', confidence: 0.6 })
    expect(found.ranking.slice(0, 3).map(({ name }) => name)).toEqual(['medicine@1', 'safety@1', 'general@1'])
  })

  it.each([
    ['a domain that there is not', reply(['astrology', 1]), 'reply_invalid'],
    ['a domain twice', reply(['medicine', 0.5], ['medicine', 0.5]), 'reply_invalid'],
    ['a probability above 1', reply(['medicine', 7]), 'reply_invalid'],
    ['nothing but zeros', reply(['medicine', 0]), 'reply_invalid'],
    ['no domain', reply(), 'reply_invalid'],
    ['NaN', '{"domains":[{"name":"medicine","probability":NaN}]}', 'reply_invalid'],
    ['prose', 'It is about medicine.', 'reply_not_json'],
  ])('fails, and routes nowhere, with %s', async (_name, text, code) => {
    await expect(route(writing(text))).rejects.toMatchObject({ code })
  })
})
