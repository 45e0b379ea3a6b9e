import { describe, expect, it } from 'vitest'
import { judgment, pairJudgment } from '../../shared/protocol/judgment.ts'
import { metaRubrics } from '../../shared/rubric/meta-rubrics.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { post, start } from '../testing/running-worker.ts'

const pair = { prompt: 'Say something.', responses: ['other', 'GOOD'] }

describe('judgments', () => {
  it('judges a pair with the engine, by chosen labels', async () => {
    const worker = await start(fakeEngine())
    const answer = pairJudgment.parse(await (await post(worker, '/v1/judgments', pair)).json())
    expect(answer).toMatchObject({ winner: 'second', decided_by: 'rubric', model: 'fake-1m', error: null })
    expect(answer.score).toBeLessThan(0)
    expect(answer.rubric?.criteria).toHaveLength(5)
    expect(answer.usage.judge_calls).toBeGreaterThan(10)
  })

  it('judges a single response', async () => {
    const worker = await start(fakeEngine())
    const score = async (response: string) => {
      const body = { protocol: 'pointwise', prompt: 'Say something.', responses: [response] }
      return judgment.parse(await (await post(worker, '/v1/judgments', body)).json()).score ?? Number.NaN
    }
    expect(await score('GOOD')).toBeGreaterThan(await score('other'))
  })

  it('streams what it finds, in the order of the caller', async () => {
    const worker = await start(fakeEngine())
    const text = await (await post(worker, '/v1/judgments', { ...pair, stream: true })).text()
    const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)
    expect(names).toEqual(['rubric', ...Array(10).fill('verdict'), 'result'])
    const verdicts = text.split('\n\n').filter((event) => event.includes('event: verdict'))
    const result = judgment.parse(JSON.parse(text.split('event: result\ndata: ')[1] ?? ''))
    if (result.protocol !== 'openrs') throw new Error('a pair was asked for')
    for (const { order, criteria } of result.orders) {
      for (const { verdict } of criteria) {
        expect(verdicts.some((event) => event.includes(order) && event.includes(String(verdict)))).toBe(true)
      }
    }
  })

  it('uses the rubric that it is sent', async () => {
    const rubric = { criteria: [{ id: 'only', level: 'core', title: 'Says GOOD' }] }
    const reply = await post(await start(fakeEngine()), '/v1/judgments', { ...pair, rubric })
    expect(pairJudgment.parse(await reply.json())).toMatchObject({ winner: 'second', rubric })
  })

  it('judges by a meta-rubric that it is sent, or picks one of several', async () => {
    const [general, ...domains] = await metaRubrics()
    if (!general) throw new Error('No meta-rubric ships.')
    const own = { ...general, name: 'house', version: 7 }
    const url = await start(fakeEngine())
    const ask = async (meta_rubric: unknown) =>
      pairJudgment.parse(await (await post(url, '/v1/judgments', { ...pair, meta_rubric })).json())
    expect((await ask(own)).rubric?.meta_rubric).toBe('house@7')
    const { route } = await ask([own, ...domains])
    expect(route?.ranking.map(({ name }) => name)).toContain('house@7')
    const refused = await post(url, '/v1/judgments', { ...pair, meta_rubric: domains.slice(0, 2) })
    expect(refused.status).toBe(404)
  })

  it.each([
    [{ ...pair, responses: ['one'] }, 400, 'invalid_request', 'responses'],
    [{ ...pair, vote: 3 }, 400, 'unknown_field', 'vote'],
    [{ ...pair, model: 'gpt' }, 404, 'model_not_found', 'model'],
    [{ ...pair, meta_rubric: 'nope' }, 404, 'meta_rubric_not_found', 'meta_rubric'],
    [{ ...pair, rubric: 'rub_1' }, 404, 'rubric_not_found', 'rubric'],
  ])('refuses %j with %d %s', async (body, status, code, param) => {
    const reply = await post(await start(fakeEngine()), '/v1/judgments', body)
    expect([reply.status, await reply.json()]).toMatchObject([status, { error: { code, param } }])
  })

  it('has no score where the reply is no JSON', async () => {
    const engine = fakeEngine({ context: 10_000 })
    const reply = await post(await start(engine), '/v1/judgments', { ...pair, mode: 'single' })
    const failed = { winner: null, score: null, error: { code: 'reply_not_json' } }
    expect(await reply.json()).toMatchObject(failed)
    expect(engine.seen[0]?.constraint?.kind).toBe('json_schema')
  })
})
