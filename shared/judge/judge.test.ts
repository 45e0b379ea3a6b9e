import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PairJudgment } from '../protocol/judgment.ts'
import { chosen, general, judgePair, judgePoint, pair, written } from '../testing/judge-request.ts'
import { opinionatedModel } from '../testing/opinionated-model.ts'

describe('a pair', () => {
  it.each([
    ['staged, written', written, {}],
    ['staged, chosen', chosen, {}],
    ['single', written, { mode: 'single' as const }],
  ])('%s: the better response wins, shown first or second', async (_name, kind, extra) => {
    const first = await judgePair(opinionatedModel(kind), { ...pair('GOOD', 'bad'), ...extra })
    const second = await judgePair(opinionatedModel(kind), { ...pair('bad', 'GOOD'), ...extra })
    expect([first.winner, second.winner]).toEqual(['first', 'second'])
    expect(first.score).toBeGreaterThan(0)
    expect(first.error).toBeNull()
    expect(first.decided_by).toBe('rubric')
    expect(first.usage.judge_calls).toBeGreaterThan(1)
  })

  it('negates its score exactly when the responses are swapped', async () => {
    const response = fc.string({ minLength: 1 }).map((text) => text.replaceAll('<', ''))
    const kind = fc.constantFrom(written, chosen)
    const orders = fc.constantFrom('strict' as const, 'mean' as const)
    await fc.assert(
      fc.asyncProperty(
        response,
        response,
        kind,
        orders,
        fc.double({ min: -1, max: 1, noNaN: true }),
        async (a, b, way, policy, lean) => {
          const model = opinionatedModel({ ...way, lean: way === written ? Math.round(lean) : lean })
          const [there, back] = [
            await judgePair(model, { ...pair(`GOOD ${a}`, b), orders: policy }),
            await judgePair(model, { ...pair(b, `GOOD ${a}`), orders: policy }),
          ]
          expect((there.score ?? Number.NaN) + (back.score ?? Number.NaN)).toBe(0)
          expect(back.winner).toBe({ first: 'second', second: 'first', tie: 'tie' }[there.winner ?? 'tie'])
          expect(back.rubric?.id).toBe(there.rubric?.id)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('ties by policy when a judge always prefers the first place', async () => {
    const judgment = await judgePair(opinionatedModel({ ...written, lean: 2 }), pair('one', 'other'))
    expect(judgment).toMatchObject({ winner: 'tie', score: 0, decided_by: 'rubric' })
    expect(judgment.orders.map(({ score }) => score)).toEqual([2, 2])
    expect(judgment.confidence).toBe(0)
  })

  it('calls no model for identical responses', async () => {
    const model = opinionatedModel(written)
    expect(await judgePair(model, pair('same', 'same'))).toMatchObject({
      winner: 'tie',
      score: 0,
      decided_by: 'policy',
    })
    expect(model.calls).toEqual([])
  })

  it('lets a verifier decide before any model is called', async () => {
    const model = opinionatedModel(written)
    const constraints = [{ kind: 'exact' as const, value: 'yes', case_sensitive: true, trim: true }]
    const judgment = await judgePair(model, { ...pair('no', 'yes'), constraints })
    expect(judgment).toMatchObject({ winner: 'second', score: -2, decided_by: 'verifier' })
    expect(judgment.verifiers.map(({ response, passed }) => [response, passed])).toContainEqual([1, true])
    expect(model.calls).toEqual([])
  })

  it('uses one rubric for both orders and counts its calls', async () => {
    const model = opinionatedModel(written)
    const judgment = await judgePair(model, pair('GOOD', 'bad'))
    expect(model.calls.toSorted()).toEqual(['difference', 'intent', 'rubric', 'verdicts', 'verdicts'])
    expect(judgment.usage.judge_calls).toBe(5)
    expect(judgment.orders.every(({ rubric }) => rubric === undefined)).toBe(true)
  })

  it("uses the caller's rubric as it is", async () => {
    const model = opinionatedModel(written)
    const rubric = { criteria: [{ id: 'mine', level: 'core' as const, title: 'Mine' }] }
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), rubric })
    expect(model.calls).toEqual(['verdicts', 'verdicts'])
    expect(judgment.orders[0]?.criteria.map(({ id }) => id)).toEqual(['mine'])
    expect(judgment.score).toBe(1)
  })

  it('asks again for each vote, both orders each', async () => {
    const model = opinionatedModel(written)
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), votes: 3 })
    expect(judgment.orders.map(({ order, vote }) => `${order} ${vote}`)).toEqual(
      [0, 1, 2].flatMap((vote) => [`forward ${vote}`, `backward ${vote}`]),
    )
  })

  it('selects other clauses for another pair, and only clauses of the meta-rubric', async () => {
    const model = opinionatedModel(chosen)
    const first = await judgePair(model, pair('GOOD', 'bad'))
    const second = await judgePair(model, pair('GOOD and long', 'worse'))
    const ids = (judgment: PairJudgment) => judgment.rubric?.criteria.map(({ id }) => id) ?? []
    expect(ids(first)).toHaveLength(5)
    expect(ids(second)).not.toEqual(ids(first))
    const known = (await general()).clauses.map(({ id }) => id)
    expect([...ids(first), ...ids(second)].every((id) => known.includes(id))).toBe(true)
  })

  it('gives the published score in compat, from the lines as the model wrote them', async () => {
    const lines = (chosenResponse: string) => ({
      question_analysis: {
        analysis: '',
        question_type: '',
        primary_need: '',
        secondary_needs: [],
        user_context: '',
      },
      rubric_list: [
        { rubric_id: 1, title: 'a', description: '', type: 'core' },
        { rubric_id: 2, title: 'b', description: '', type: 'core' },
      ],
      rubric_compares: [1, 2].map((rubric_idx) => ({
        rubric_idx,
        rubric_name: '',
        type: 'core',
        evidences: '',
        reason: '',
        chosen: rubric_idx === 1 ? chosenResponse : 'S',
        score: rubric_idx === 1 ? 2 : 0,
      })),
    })
    const single = (text: string) => JSON.stringify(lines(/<response_a \w+>\nGOOD/.test(text) ? 'A' : 'B'))
    const model = opinionatedModel({ ...written, replies: { single } })
    const request = { ...pair('GOOD', 'bad'), mode: 'single' as const }
    expect((await judgePair(model, { ...request, orders: 'compat' })).orders[0]?.score).toBe(1.99999960000008)
    expect((await judgePair(model, request)).score).toBe(1)
  })
})

describe('a single response', () => {
  it.each([
    ['written', written],
    ['chosen', chosen],
  ])('%s: a better one scores higher, in [0, 1], on the same rubric', async (_name, kind) => {
    const good = await judgePoint(opinionatedModel(kind), 'GOOD')
    const bad = await judgePoint(opinionatedModel(kind), 'bad')
    expect(good.score).toBeGreaterThan(bad.score ?? 1)
    expect(good.score).toBeLessThanOrEqual(1)
    expect(bad.score).toBeGreaterThanOrEqual(0)
    expect(good.rubric?.id).toBe(bad.rubric?.id)
  })

  it('is null where nothing could be scored', async () => {
    const model = opinionatedModel({ ...written, replies: { met: () => 'no idea' } })
    expect(await judgePoint(model, 'GOOD')).toMatchObject({ score: null, error: { code: 'reply_not_json' } })
  })
})
