import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../platform/limits.ts'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

const prompt = (at: number) => `<|user|>Question ${at}?<|assistant|>`

/** A rollout batch as OpenRLHF up to 0.9.0 sends it. */
function batch(prompts: number, samples: number, response: (prompt: number, sample: number) => string) {
  const pairs = Array.from({ length: prompts * samples }, (_, at) => [Math.floor(at / samples), at % samples])
  return {
    query: pairs.map(([at = 0, sample = 0]) => `${prompt(at)}${response(at, sample)}</s>`),
    prompts: pairs.map(([at = 0]) => prompt(at)),
    labels: pairs.map(() => null),
  }
}

describe('a batch that is too large', () => {
  test('1,024 prompts of 16 responses are refused with the batch size to set, and no model is asked', async () => {
    const { call, models } = await openTestApp()
    const reply = await call(
      '/rlhf/openrlhf',
      batch(1024, 16, (at, sample) => `${at} ${sample}`),
    )
    expect(reply.status).toBe(413)
    expect((await bodyOf(reply)).error.message).toBe(
      'The body holds 16384 responses of 1024 prompts, and 1024 is the most that one call may have judged: set --rollout_batch_size to 64 or less.',
    )
    expect(models.calls).toBe(0)
  })

  test('the size that it names is taken', async () => {
    const { ask } = await openTestApp()
    const body = batch(64, 16, (_, sample) => (sample === 0 ? 'GOOD' : 'bad'))
    const { rewards } = await ask('/rlhf/openrlhf', body)
    expect(rewards.length).toBe(1024)
    expect(rewards.every(Number.isFinite)).toBe(true)
  })

  test('a batch size that counts samples is named whatever the number of prompts', async () => {
    const { call } = await openTestApp()
    const messages = Array.from({ length: 1025 }, (_, at) => `${prompt(0)}${at}</s>`)
    const reply = await call('/v1/score/evaluation', { messages })
    expect((await bodyOf(reply)).error.message).toContain('set per_device_train_batch_size to 1024 or less')
  })

  test.each([
    ['/rlhf/openrlhf', 'query', '--rollout_batch_size'],
    ['/rlhf/align-anything', 'responses', 'per_device_prompt_batch_size'],
    ['/rlhf/llama-factory', 'messages', 'per_device_train_batch_size'],
  ])('%s names it where not even a verifier could check so many', async (path, field, flag) => {
    const { call } = await openTestApp()
    const texts = Array.from({ length: LIMITS.dialectResponses + 1 }, () => 'x')
    const reply = await call(path, { prompts: ['x'], [field]: texts })
    expect(reply.status).toBe(413)
    expect((await bodyOf(reply)).error.message).toContain(flag)
  })

  test('a verifier checks all of them', async () => {
    const { ask } = await openTestApp()
    const body = batch(1024, 16, (_, sample) => String(sample))
    const { rewards } = await ask('/rlhf/openrlhf?verifier=exact', {
      ...body,
      labels: body.labels.map(() => 3),
    })
    expect(rewards.filter((reward: number) => reward === 1).length).toBe(1024)
  })

  test.each([
    ['/rlhf/openrlhf', 'divide --rollout_batch_size by 3'],
    ['/get_reward', 'divide --rollout_batch_size or per_device_prompt_batch_size by 3'],
    ['/v1/score/evaluation', 'divide per_device_train_batch_size by 3'],
    ['/rlhf/slime', 'send shorter texts or fewer of them'],
  ])('%s refuses too many bytes before it reads them: %s', async (path, way) => {
    const { call } = await openTestApp()
    const reply = await call(path, '{}', { 'content-length': String(LIMITS.dialectBodyBytes * 2.5) })
    expect(reply.status).toBe(413)
    expect((await bodyOf(reply)).error.message).toContain(way)
  })
})

describe('bodies without labels', () => {
  test.each([
    ['/rlhf/align-anything?verifier=exact', 'verifier'],
    ['/rlhf/align-anything?against=label', 'against'],
    ['/inference/vllm/score?against=rubric', 'against'],
  ])('%s: the setting is to be left out, since no label can be sent', async (path, param) => {
    const { call } = await openTestApp()
    const sides = { prompts: ['2+2?'], responses: ['4'], text_1: '2+2?', text_2: '4' }
    const reply = await call(path, sides)
    expect(reply.status).toBe(422)
    const { error } = await bodyOf(reply)
    expect([error.param, error.message]).toEqual([param, expect.stringMatching(/no labels.*: leave/)])
  })

  test('a comparison asks for an anchor, and for no label', async () => {
    const { call } = await openTestApp()
    const reply = await call('/rlhf/align-anything?protocol=openrs', { prompts: ['2+2?'], responses: ['4'] })
    expect((await bodyOf(reply)).error.message).toMatch(/give an anchor for the prompt/)
  })
})

describe('calls that come again', () => {
  const sample = { prompt: '2+2?', response: 'GOOD', label: null, metadata: { any: ['thing'] } }

  test('ten times, one after the other and at once, cost one judgment', async () => {
    const { ask, models } = await openTestApp()
    expect(await ask('/rlhf/slime', sample)).toBe(1)
    const { calls } = models
    const again = await Promise.all(Array.from({ length: 10 }, () => ask('/rlhf/slime', sample)))
    expect([again, models.calls]).toEqual([Array.from({ length: 10 }, () => 1), calls])
  })

  test('after the client hung up they are answered from what was judged meanwhile', async () => {
    const { send, ask, key, models } = await openTestApp()
    models.manner = 'slowly'
    const signal = AbortSignal.timeout(10)
    const init = {
      method: 'POST',
      body: JSON.stringify(sample),
      headers: { authorization: `Bearer ${key}` },
      signal,
    }
    await send('/rlhf/slime', init).catch(() => null)
    expect(await ask('/rlhf/slime', sample)).toBe(1)
    const { calls } = models
    expect(await ask('/rlhf/slime', sample)).toBe(1)
    expect(models.calls).toBe(calls)
  })
})

test('200 single calls at once, each with its own reward', async () => {
  const { call } = await openTestApp()
  const rewards = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const query = [`${prompt(at)}${at % 2 ? 'GOOD' : 'bad'}</s>`]
      const reply = await call('/rlhf/openrlhf', { query, prompts: [prompt(at)], labels: [null] })
      return (await bodyOf(reply)).rewards
    }),
  )
  expect(rewards).toEqual(rewards.map((_, at) => [at % 2]))
})

test.each([
  ['/rlhf/openrlhf', '{"query": ["a"], "prompts": [""], "labels": [NaN]}'],
  ['/rlhf/slime', '{"prompt": "a", "response": "b", "label": NaN}'],
  ['/grade', '{"sample": {"output_text": "a"}, "item": {"prompt": "b", "answer": NaN}}'],
])('%s names a bare NaN', async (path, body) => {
  const { call } = await openTestApp()
  const reply = await call(path, body)
  expect([reply.status, (await bodyOf(reply)).error.code]).toEqual([400, 'invalid_json'])
  expect(reply.headers.get('content-type')).toContain('application/json')
})

test.each([[['a', 'b']], [{ answer: 4 }], [true], [0.5]])('a label may be any JSON: %j', async (label) => {
  const { ask } = await openTestApp()
  const response = JSON.stringify(label)
  expect(await ask('/rlhf/slime?verifier=exact', { prompt: 'a', response, label })).toBe(1)
})
