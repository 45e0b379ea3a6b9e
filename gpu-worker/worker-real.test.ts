import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pairJudgment, pointwiseJudgment } from '../shared/protocol/judgment.ts'
import { openEngine } from './generate/open-engine.ts'
import { chatCompletion } from './testing/strict-openai.ts'
import { startWorker, type Worker } from './worker.ts'

/** Fetching the model is part of the first run; a busy machine needs the rest. */
const PATIENCE = { timeout: 300_000 }

/** A prefill that begins at another cached prefix adds its floats up in another order: 3e-7 was seen. */
const SUM_TOLERANCE = 1e-5

let worker: Worker
beforeAll(async () => {
  worker = await startWorker({ engine: await openEngine(), port: 0, secret: null, open: true })
}, PATIENCE.timeout)
afterAll(() => worker.close())

async function post(path: string, body: object): Promise<unknown> {
  const reply = await fetch(worker.url + path, { method: 'POST', body: JSON.stringify(body) })
  expect(reply.status).toBe(200)
  return reply.json()
}

const rubric = {
  criteria: [
    { id: 'right', level: 'core', title: 'Names the right city' },
    { id: 'plain', level: 'important', title: 'Answers in plain words' },
  ],
}
const responses = ['Paris is the capital of France.', 'banana banana banana']
const prompt = 'What is the capital of France?'

describe('the worker with the default model', () => {
  it('knows a capital, in the strict OpenAI shape, and says how sure it was', PATIENCE, async () => {
    const ask = {
      messages: [{ role: 'user', content: prompt }],
      temperature: 0,
      max_tokens: 24,
      logprobs: true,
    }
    const model = 'smollm2-135m-instruct'
    const answer = chatCompletion.parse(
      await post('/v1/chat/completions', { ...ask, model, top_logprobs: 5 }),
    )
    const [{ message, finish_reason, logprobs }] = answer.choices
    expect(message.content).toContain('Paris')
    expect(finish_reason).toBe('stop')
    expect(logprobs?.content).toHaveLength(answer.usage.completion_tokens)
    for (const { logprob, top_logprobs } of logprobs?.content ?? []) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top_logprobs).toHaveLength(5)
      // greedy: what was taken is the likeliest
      expect(top_logprobs[0]?.logprob).toBe(logprob)
    }
  })

  it('judges a pair, and the pair turned round by the negative score', PATIENCE, async () => {
    const judge = async (pair: string[]) =>
      pairJudgment.parse(
        await post('/v1/judgments', { prompt, responses: pair, rubric, orders: 'mean', cache: 'off' }),
      )
    const there = await judge(responses)
    const back = await judge(responses.toReversed())
    expect(there.error).toBeNull()
    expect(there.score).not.toBe(0)
    expect(there.orders.flatMap(({ criteria }) => criteria)).toHaveLength(4)
    expect(Math.abs((there.score ?? Number.NaN) + (back.score ?? Number.NaN))).toBeLessThan(SUM_TOLERANCE)
  })

  it('judges a single response by probabilities', PATIENCE, async () => {
    const body = { protocol: 'pointwise', prompt, responses: responses.slice(0, 1), rubric }
    const { score, criteria, error } = pointwiseJudgment.parse(await post('/v1/judgments', body))
    expect(error).toBeNull()
    expect(score).toBeGreaterThan(0)
    expect(score).toBeLessThan(1)
    expect(criteria.every(({ met }) => met !== null && met > 0 && met < 1)).toBe(true)
  })
})
