import { describe, expect, it } from 'vitest'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import { rewardList } from '../../shared/protocol/reward.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'
import type { GenerateRequest } from '../generate/engine.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { post, start, until } from '../testing/running-worker.ts'

const group = { prompt: 'Say something.', responses: ['one', 'GOOD', 'GOOD GOOD', 'one'] }

describe('rewards', () => {
  it('come from judgments with an anchor, equal responses alike', async () => {
    const worker = await start(fakeEngine())
    const reply = await post(worker, '/v1/rewards', { ...group, anchor: { index: 0 } })
    const { data, anchor, usage } = rewardList.parse(await reply.json())
    expect(anchor).toEqual({ index: 0 })
    const rewards = data.map(({ reward }) => reward ?? Number.NaN)
    expect(rewards[0]).toBe(0)
    expect(rewards[3]).toBe(0)
    expect(rewards[1]).toBeGreaterThan(0)
    expect(rewards[2]).toBeGreaterThan(0)
    expect(usage.judge_calls).toBeGreaterThan(20)
    // the same judgment, asked for by itself
    const alone = { prompt: group.prompt, responses: ['GOOD', 'one'] }
    const judgment = pairJudgment.parse(await (await post(worker, '/v1/judgments', alone)).json())
    expect(rewards[1]).toBe((judgment.score ?? Number.NaN) / 2)
    expect(data[1]?.judgments).toHaveLength(1)
  })

  it('put the questions of all pairs to the engine at once', async () => {
    const engine = fakeEngine({ delayMs: 300 })
    const rubric = { criteria: ['a', 'b', 'c'].map((id) => ({ id, level: 'core', title: `Is ${id}` })) }
    const reply = await post(await start(engine), '/v1/rewards', { ...group, anchor: 'all', rubric })
    expect(rewardList.parse(await reply.json()).data.every(({ reward }) => reward !== null)).toBe(true)
    // Of each of three pairs both orders of three criteria on two scales, and once the neutral questions.
    expect(engine.together).toBe(3 * (2 * 3 * 2) + 3 * 2)
  })

  it('come from single responses and from verifiers', async () => {
    const worker = await start(fakeEngine())
    const ask = async (body: object) =>
      rewardList
        .parse(await (await post(worker, '/v1/rewards', { ...group, ...body })).json())
        .data.map(({ reward }) => reward)
    const [one, good, , copy] = await ask({ protocol: 'pointwise' })
    expect(good).toBeGreaterThan(one ?? Number.NaN)
    expect(copy).toBe(one)
    const constraints = [{ kind: 'contains', values: ['GOOD'], match: 'all', case_sensitive: true }]
    expect(await ask({ protocol: 'verifier', constraints })).toEqual([0, 1, 1, 0])
  })

  it.each([
    [{ ...group, responses: ['one'] }, 422, 'nothing_to_compare', 'responses'],
    [{ ...group, votes: 99 }, 400, 'invalid_request', 'votes'],
    [{ ...group, colour: 1 }, 400, 'unknown_field', 'colour'],
    [{ ...group, model: 'gpt' }, 404, 'model_not_found', 'model'],
    [{ ...group, rubric: 'rub_1' }, 404, 'rubric_not_found', 'rubric'],
    [{ ...group, anchor: { index: 9 } }, 400, 'invalid_request', 'anchor.index'],
  ])('refuse %j with %d %s', async (body, status, code, param) => {
    const reply = await post(await start(fakeEngine()), '/v1/rewards', body)
    expect([reply.status, await reply.json()]).toMatchObject([status, { error: { code, param } }])
  })

  it('are given up when the caller hangs up', async () => {
    const engine = fakeEngine({ delayMs: 30 })
    const worker = await start(engine)
    const caller = new AbortController()
    const reply = post(worker, '/v1/rewards', group, { signal: caller.signal })
    await until(() => engine.chosen.length > 0)
    caller.abort()
    await expect(reply).rejects.toThrow()
    await until(() => engine.chosen.every(({ signal }) => signal?.aborted))
  })
})

describe('a worker whose model writes', () => {
  it('writes rubrics and verdicts under their schemas', async () => {
    const opinion = opinionatedModel({ instantiate: 'generate', verdicts: 'generate' })
    const engine = fakeEngine({ context: 10_000, write: (request) => [write(request)] })
    const methods = { instantiate: 'generate', verdicts: 'generate' } as const
    const worker = await start(engine, { methods })
    const replies = new Map<string, string>()
    for (const name of ['intent', 'difference', 'rubric', 'verdicts']) {
      const messages = [{ role: 'user' as const, content: FENCED }]
      replies.set(name, (await opinion.generate(messages, { schema: { name, schema: {} } })).text)
    }
    function write({ constraint }: GenerateRequest): string {
      const keys = constraint?.kind === 'json_schema' ? Object.keys(constraint.schema.properties ?? {}) : []
      const name =
        { kind: 'intent', differences: 'difference', criteria: 'rubric' }[keys[0] ?? ''] ?? 'verdicts'
      return replies.get(name) ?? ''
    }
    const body = { prompt: 'Say something.', responses: ['other', 'GOOD'] }
    const judgment = pairJudgment.parse(await (await post(worker, '/v1/judgments', body)).json())
    expect(judgment.error).toBeNull()
    expect(judgment.rubric?.criteria).toHaveLength(3)
    expect(judgment.orders.flatMap(({ criteria }) => criteria)[0]?.evidence).toBe('GOOD')
    expect(engine.chosen).toEqual([])
    expect(engine.seen.every(({ constraint }) => constraint?.kind === 'json_schema')).toBe(true)
  })
})

/** Criteria as a prompt shows them, for the opinionated model to read. */
const FENCED = '<criteria 00000000>\nc01: a\nc02: b\nc03: c\n</criteria 00000000>'
