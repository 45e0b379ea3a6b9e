import { describe, expect, it } from 'vitest'
import { JUDGE_VERSION } from '../identity/key.ts'
import { judge } from '../judge/judge.ts'
import { toJob } from '../judge/request.ts'
import type { LanguageModel } from '../model/language-model.ts'
import type { PairRequest } from '../protocol/judgment.ts'
import { armTrajectory } from '../testing/arm-replies.ts'
import { chosen, general, judgePair, pair, written } from '../testing/judge-request.ts'
import { opinionatedModel } from '../testing/opinionated-model.ts'

const arm = (first: string, second: string): PairRequest => ({
  ...pair(first, second),
  protocol: 'rubric-arm',
})

type Named = 'A' | 'B' | null

/**
 * A model whose judge names these winners, by which response it is shown first; null stands for a text that is no
 * trajectory. Votes of an order come in any order.
 */
function scripted(winners: { a: Named[]; b: Named[] }) {
  const left = { a: [...winners.a], b: [...winners.b] }
  const next = (text: string) => {
    const winner = left[text.includes('\na\n</response_a') ? 'a' : 'b'].shift() ?? null
    const items = /<criteria \w+>\n([\s\S]*?)\n<\/criteria/.exec(text)?.[1] ?? ''
    return winner === null ? 'I prefer the second one: B.' : armTrajectory(items, winner)
  }
  return opinionatedModel({ ...written, replies: { trajectory: next } })
}

describe('rubric-arm, written', () => {
  it.each([
    ['openrs is not asked', 'GOOD', 'bad', 'first', 2],
    ['nor does the place matter', 'bad', 'GOOD', 'second', -2],
  ] as const)('names the winner: %s', async (_name, first, second, winner, score) => {
    const model = opinionatedModel(written)
    const judgment = await judgePair(model, arm(first, second))
    expect(judgment).toMatchObject({ protocol: 'rubric-arm', winner, score, error: null })
    expect(model.calls).toEqual(['items', 'trajectory', 'trajectory'])
  })

  it('tells what the judge wrote: gatekeeper, notes on both responses, justification', async () => {
    const judgment = await judgePair(opinionatedModel(written), arm('GOOD', 'bad'))
    expect(judgment.rubric?.criteria).toEqual([
      { id: 'c01', rule: 'hard_rule', title: 'The response is right.' },
      { id: 'c02', rule: 'principle', title: 'The response is clear.' },
    ])
    const notes = [
      { criterion: 1, rule: 'hard_rule', justification: 'it says so' },
      { criterion: 2, rule: 'principle', justification: 'it says so' },
    ]
    expect(judgment.orders.map(({ order, score, opinion }) => ({ order, score, opinion }))).toEqual(
      (
        [
          ['forward', 2],
          ['backward', -2],
        ] as const
      ).map(([order, verdict]) => ({
        order,
        score: verdict,
        opinion: {
          verdict,
          confidence: null,
          reason: 'it is better',
          gatekeeper: 'the first one',
          analysis: { first: notes, second: notes },
        },
      })),
    )
    expect(judgment.vote_share).toEqual({ forward: 1, backward: 1 })
  })

  it('has no tie but that of two orders that disagree', async () => {
    const judgment = await judgePair(opinionatedModel({ ...written, lean: 9 }), arm('one', 'other'))
    expect(judgment).toMatchObject({ winner: 'tie', score: 0, vote_share: { forward: 1, backward: 0 } })
  })

  it('takes the majority of an odd number of votes in each order, and reports its share', async () => {
    const model = () => scripted({ a: ['A', 'B', 'A'], b: ['B', 'B', 'B'] })
    const judgment = await judgePair(model(), { ...arm('a', 'b'), votes: 3 })
    expect(judgment.winner).toBe('first')
    expect(judgment.vote_share).toEqual({ forward: 2 / 3, backward: 1 })
    expect(judgment.score).toBeCloseTo((2 / 3 + 2) / 2, 9)
    const back = await judgePair(model(), { ...arm('b', 'a'), votes: 3 })
    expect(back.winner).toBe('second')
    expect(back.vote_share?.backward).toBeCloseTo(1 / 3, 9)
  })

  it('refuses an even number of votes, a mode, and what direct makes no use of', async () => {
    const model = opinionatedModel(written)
    await expect(judgePair(model, { ...arm('a', 'b'), votes: 2 })).rejects.toMatchObject({ param: 'votes' })
    await expect(judgePair(model, { ...arm('a', 'b'), mode: 'staged' })).rejects.toMatchObject({
      param: 'mode',
    })
    const direct = { ...pair('a', 'b'), protocol: 'direct' as const }
    await expect(judgePair(model, { ...direct, meta_rubric: 'general' })).rejects.toMatchObject({
      param: 'meta_rubric',
    })
  })

  it('has no winner where a reply is no trajectory, and keeps the reply', async () => {
    const judgment = await judgePair(scripted({ a: ['A'], b: [null] }), arm('a', 'b'))
    expect(judgment).toMatchObject({ winner: null, score: null, error: { code: 'reply_invalid' } })
    expect(judgment.orders.find(({ error }) => error)?.opinion).toEqual({
      verdict: null,
      confidence: null,
      reason: null,
      raw: 'I prefer the second one: B.',
    })
  })

  it('lets a majority of all votes stand without those that cannot be read', async () => {
    const three = { ...arm('a', 'b'), votes: 3 }
    const stands = await judgePair(scripted({ a: ['A', null, 'A'], b: ['B', 'B', null] }), three)
    expect(stands).toMatchObject({ winner: 'first', score: 2, error: null })
    expect(stands.confidence).toBeCloseTo(2 / 3, 9)
    const falls = await judgePair(scripted({ a: ['A', null, 'B'], b: ['B', 'B', 'B'] }), three)
    expect(falls).toMatchObject({ winner: null, error: { code: 'reply_invalid' } })
  })

  it('looks past thoughts that a server leaves before the rubric and the trajectory', async () => {
    const model = opinionatedModel(written)
    const thinking: LanguageModel = {
      ...model,
      generate: async (...call) => {
        const reply = await model.generate(...call)
        return { ...reply, text: `<think>\nWinner: Response A, or B?\n</think>\n\n${reply.text}` }
      },
    }
    const judgment = await judgePair(thinking, arm('bad', 'GOOD'))
    expect(judgment).toMatchObject({ winner: 'second', error: null })
    const direct = { ...pair('bad', 'GOOD'), protocol: 'direct' as const }
    expect(await judgePair(thinking, direct)).toMatchObject({ winner: 'second', error: null })
  })

  it('takes a reply that is cut off for no verdict, whatever it says', async () => {
    const model = opinionatedModel(written)
    const cut: LanguageModel = {
      ...model,
      generate: async (...call) => {
        const reply = await model.generate(...call)
        return reply.text.includes('Winner') ? { ...reply, finish: 'length' } : reply
      },
    }
    const judgment = await judgePair(cut, arm('GOOD', 'bad'))
    expect(judgment).toMatchObject({ winner: null, error: { code: 'reply_truncated' } })
  })

  it('shows the generator the prompt alone, and the judge the very rubric of the caller', async () => {
    const seen: string[] = []
    const model = opinionatedModel({
      ...written,
      replies: {
        items: (text) => {
          seen.push(text)
          return 'Here you go:\n1. The response is right. [Hard Rule]'
        },
      },
    })
    const failed = await judgePair(model, { ...arm('GOOD', 'bad'), reference: 'REFERENCE' })
    expect(failed).toMatchObject({ winner: null, error: { code: 'reply_invalid' } })
    expect(failed.error?.message).toContain('Here you go:')
    expect(seen).toHaveLength(1)
    expect(seen[0]).not.toMatch(/GOOD|bad|REFERENCE/)
    const rubric = {
      criteria: [
        { id: 'x', level: 'core' as const, title: 'Is right' },
        { id: 'y', level: 'highlight' as const, title: 'Is kind' },
      ],
    }
    const given = await judgePair(opinionatedModel(written), { ...arm('GOOD', 'bad'), rubric })
    expect(given.orders[0]?.opinion?.analysis?.first.map(({ rule }) => rule)).toEqual([
      'hard_rule',
      'principle',
    ])
  })
})

describe('rubric-arm, chosen', () => {
  it('reads the winner off two labels, graded by their probability', async () => {
    const model = opinionatedModel(chosen)
    const judgment = await judgePair(model, arm('GOOD', 'bad'))
    expect(judgment).toMatchObject({ winner: 'first', error: null })
    expect(judgment.score).toBeGreaterThan(0)
    expect(judgment.score).toBeLessThan(2)
    expect(judgment.confidence).toBeGreaterThan(0.5)
    expect(judgment.rubric?.criteria.every(({ rule }) => rule !== undefined)).toBe(true)
    const back = await judgePair(model, arm('bad', 'GOOD'))
    expect(back.score).toBe(-(judgment.score ?? 0))
    expect(back.rubric?.id).toBe(judgment.rubric?.id)
  })
})

describe('one order alone', () => {
  it.each(['rubric-arm', 'direct', 'openrs'] as const)(
    '%s: half the calls, the same key turned',
    async (protocol) => {
      const both = opinionatedModel(written)
      await judgePair(both, { ...pair('GOOD', 'bad'), protocol })
      for (const orders of ['forward', 'backward'] as const) {
        const one = opinionatedModel(written)
        const judgment = await judgePair(one, { ...pair('GOOD', 'bad'), protocol, orders })
        expect(judgment).toMatchObject({ winner: 'first', error: null, order_policy: orders })
        expect(judgment.orders.map(({ order }) => order)).toEqual([orders])
        expect(judgment.score).toBeGreaterThan(0)
        expect(one.calls.length).toBe(both.calls.length - 1)
        const back = await judgePair(one, { ...pair('bad', 'GOOD'), protocol, orders })
        expect(back.winner).toBe('second')
      }
    },
  )
})

describe('direct', () => {
  it.each([
    ['written', written],
    ['chosen', chosen],
  ] as const)('%s: one question an order, no rubric', async (_name, kind) => {
    const model = opinionatedModel(kind)
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), protocol: 'direct' })
    expect(judgment).toMatchObject({ winner: 'first', rubric: null, error: null })
    expect(judgment.orders.map(({ criteria }) => criteria)).toEqual([[], []])
    if (kind === written) expect(model.calls).toEqual(['direct', 'direct'])
  })

  it('says that there is no clear gap', async () => {
    const judgment = await judgePair(opinionatedModel(written), { ...pair('a', 'b'), protocol: 'direct' })
    expect(judgment).toMatchObject({ winner: 'tie', score: 0, decided_by: 'rubric' })
  })
})

describe('a rubric of a prompt', () => {
  it('is made once for both orders and all responses, by model and version of the judge', async () => {
    const kept = new Map<string, unknown>()
    let made = 0
    const memory = {
      async recall<T>(key: string, make: () => Promise<T>): Promise<T> {
        if (!kept.has(key)) {
          made++
          kept.set(key, await make())
        }
        return kept.get(key) as T
      },
    }
    const model = opinionatedModel(written)
    for (const [first, second] of [
      ['a', 'b'],
      ['c', 'd'],
      ['b', 'c'],
    ] as const) {
      const { job } = await toJob({ ...arm(first, second), seed: made }, null, await general())
      await judge(job, { model, secret: 's', memory })
    }
    expect(made).toBe(1)
    expect(model.calls.filter((stage) => stage === 'items')).toHaveLength(1)
    expect(JUDGE_VERSION).toBeGreaterThan(3)
  })
})
