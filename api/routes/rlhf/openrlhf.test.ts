import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as aiohttp sends it: Python's json.dumps, with its spaces and its escapes. */
const bytes = (query: string, prompt: string, label: string | null) =>
  `{"query": [${JSON.stringify(query)}], "prompts": [${JSON.stringify(prompt)}], "labels": [${JSON.stringify(label)}]}`
const zephyr = '<|user|>\nSay something.</s>\n<|assistant|>\n'
const json = { 'content-type': 'application/json' }

describe('one sample a call, as OpenRLHF 0.9.1 and later send it', () => {
  test('a better and a worse response get different rewards, by themselves', async () => {
    const { call } = await openTestApp()
    const rewardOf = async (response: string) => {
      const reply = await call('/rlhf/openrlhf', bytes(`${zephyr}${response}</s>`, zephyr, null), json)
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-type')).toContain('application/json')
      const { rewards, scores, extra_logs } = await bodyOf(reply)
      expect(scores).toEqual(rewards)
      expect(extra_logs).toBeUndefined()
      return rewards
    }
    expect(await rewardOf('GOOD')).toEqual([1])
    expect(await rewardOf('bad')).toEqual([0])
  })

  test('against the label, a draw is 0 and its score 0.5', async () => {
    const { ask } = await openTestApp()
    const rewards = async (response: string) =>
      ask('/rlhf/openrlhf?against=label', bytes(`${zephyr}${response}</s>`, zephyr, 'GOOD'), json)
    expect(await rewards('GOOD GOOD')).toMatchObject({ rewards: [0.5], scores: [0.75] })
    expect(await rewards('GOOD')).toMatchObject({ rewards: [0], scores: [0.5] })
    expect(await rewards('bad')).toMatchObject({ rewards: [-0.5], scores: [0.25] })
  })

  test('by a verifier with the label as its value, without a model', async () => {
    const { ask, models } = await openTestApp()
    const url = '/rlhf/openrlhf?verifier=numeric_answer'
    expect(await ask(url, bytes(`${zephyr}It is 4.<|im_end|>\n`, zephyr, '4'))).toMatchObject({
      rewards: [1],
    })
    expect(await ask(url, bytes(`${zephyr}It is 5.`, zephyr, '4'))).toMatchObject({ rewards: [0] })
    expect(await ask('/rlhf/openrlhf?verifier=exact', bytes(`${zephyr}4</s>`, zephyr, '4'))).toMatchObject({
      rewards: [1],
    })
    expect(models.calls).toBe(0)
  })

  test('an empty response gets the lowest reward', async () => {
    const { ask, models } = await openTestApp()
    expect(await ask('/rlhf/openrlhf', bytes(`${zephyr}</s>`, zephyr, null))).toMatchObject({
      rewards: [0],
      scores: [0],
    })
    const against = await ask('/rlhf/openrlhf?against=label', bytes(`${zephyr}</s>`, zephyr, 'x'))
    expect(against).toMatchObject({ rewards: [-1], scores: [0] })
    expect(models.calls).toBe(0)
  })
})

describe('a whole batch a call, as 0.9.0 and earlier send it', () => {
  test('the responses of one prompt are a group, and rewards keep the order of the batch', async () => {
    const { ask } = await openTestApp()
    const [one, other] = ['<|user|>One?<|assistant|>', '<|user|>Other?<|assistant|>']
    const texts = [`${one}GOOD GOOD`, `${other}bad`, `${one}bad`, `${other}GOOD`, `${one}bad`]
    const prompts = [one, other, one, other, one]
    const { rewards, scores, judgments } = await ask('/rlhf/openrlhf', {
      query: texts,
      prompts,
      labels: [null, null, null, null, null],
    })
    expect(rewards.length).toBe(5)
    expect(rewards[0]).toBeGreaterThan(rewards[2])
    expect(rewards[2]).toBe(rewards[4])
    expect(rewards[3]).toBeGreaterThan(rewards[1])
    for (const [index, score] of scores.entries()) expect(score).toBeCloseTo((rewards[index] + 1) / 2)
    expect(judgments.flat().length).toBeGreaterThan(0)
  })

  test('padding on the left and a second beginning are no part of the prompt', async () => {
    const { ask, call } = await openTestApp()
    const one = '<|user|>One?<|assistant|>'
    const rewardOf = async (before: string) =>
      (await ask('/rlhf/openrlhf', { query: [`${before}${one}GOOD</s>`], prompts: [one] })).rewards
    for (const before of [
      '<pad><pad><s>',
      '<|endoftext|><|endoftext|>',
      '<|begin_of_text|>',
      '</s></s><s> ',
    ]) {
      expect(await rewardOf(before), before).toEqual([1])
    }
    const other = await call('/rlhf/openrlhf', { query: [`Words ${one}GOOD`], prompts: [one] })
    expect(other.status).toBe(400)
  })

  test('the empty arrays that the second of two URLs gets', async () => {
    const { call } = await openTestApp()
    const reply = await call('/rlhf/openrlhf', '{"query": [], "prompts": [], "labels": []}', json)
    expect(reply.status).toBe(200)
    expect(await bodyOf(reply)).toMatchObject({ rewards: [], scores: [] })
  })

  test('without prompts a known chat template is cut', async () => {
    const { ask, models } = await openTestApp()
    const chatml = '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nGOOD<|im_end|>'
    expect(await ask('/rlhf/openrlhf', { query: [chatml] })).toMatchObject({ rewards: [1] })
    const { calls } = models
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/judgments', { protocol: 'pointwise', prompt: messages, responses: ['GOOD'] })
    expect(models.calls).toBe(calls)
  })
})

describe('how a group is compared', () => {
  const prompt = '<|user|>One?<|assistant|>'
  const ask = async (settings: string, responses: string[]) => {
    const { ask } = await openTestApp()
    const query = responses.map((response) => `${prompt}${response}`)
    return ask(`/rlhf/openrlhf${settings}`, { query, prompts: query.map(() => prompt) })
  }

  test.each([
    ['?anchor=all&shaping=half', [1, 0.5, 0]],
    ['?anchor=all&shaping=net', [1, 0, -1]],
    ['?anchor=knockout', [1, expect.any(Number), -1]],
    ['?anchor=swiss', [expect.any(Number), expect.any(Number), expect.any(Number)]],
  ])('%s', async (settings, rewards) => {
    expect((await ask(settings, ['GOOD GOOD', 'GOOD', 'bad'])).rewards).toEqual(rewards)
  })

  test('scores lie in 0..1 whatever the range, and one that silence leaves alone draws', async () => {
    const { rewards, scores } = await ask('?anchor=all&shaping=half', ['GOOD', ''])
    expect([rewards, scores]).toEqual([
      [0.5, 0],
      [0.5, 0],
    ])
  })
})

test('a rollout batch larger than a native body', async () => {
  const { ask, models } = await openTestApp()
  const prompt = `<|user|>${'Why? '.repeat(400)}<|assistant|>`
  const prompts = Array.from({ length: 1500 }, () => prompt)
  const query = prompts.map((text, index) => `${text}${index}`)
  const url = '/rlhf/openrlhf?verifier=exact'
  const { rewards } = await ask(url, { query, prompts, labels: prompts.map((_, index) => index) })
  expect(rewards).toEqual(prompts.map(() => 1))
  expect(models.calls).toBe(0)
})

describe('what has no reward is never null', () => {
  test('the call is 503 and to be tried again, or gives the number of the URL', async () => {
    const { ask, call, models } = await openTestApp()
    models.manner = 'status 500'
    const body = bytes(`${zephyr}GOOD`, zephyr, null)
    const reply = await call('/rlhf/openrlhf', body)
    expect(reply.status).toBe(503)
    expect(reply.headers.has('retry-after')).toBe(true)
    expect((await bodyOf(reply)).error.code).toBe('not_scored')
    const substituted = await ask('/rlhf/openrlhf?on_error=-0.5', body)
    expect(substituted).toMatchObject({ rewards: [-0.5], scores: [0], substituted: 1 })
    models.manner = 'well'
    expect(await ask('/rlhf/openrlhf', body)).toMatchObject({ rewards: [1], substituted: 0 })
  })

  const sample = bytes(`${zephyr}x`, zephyr, null)
  test.each([
    ['?against=label', sample, 422, 'labels.0'],
    ['?verifier=exact', sample, 422, 'labels.0'],
    ['?against=group', sample, 422, 'against'],
    ['?protocol=openrs', sample, 422, 'against'],
    ['?anchor=all', sample, 422, 'against'],
    ['?anchor=all&against=label', sample, 400, 'anchor'],
    ['?anchor=greedy', sample, 400, 'anchor'],
    ['?anchor=swiss&shaping=brpo', sample, 400, 'shaping'],
    ['?shaping=half&verifier=exact', sample, 400, 'shaping'],
    ['?shaping=half&protocol=pointwise', sample, 400, 'shaping'],
    ['?protocol=verifier', sample, 422, 'verifier'],
    ['?verifier=numeric_answer', bytes(`${zephyr}x`, zephyr, 'many'), 422, 'labels.0'],
    ['?againts=label', sample, 400, 'againts'],
    ['?on_error=zero', sample, 400, 'on_error'],
    ['?on_error=', sample, 400, 'on_error'],
    ['?on_error=1e999', sample, 400, 'on_error'],
    ['', '{"query": ["a"], "prompts": ["b"]}', 400, 'query.0'],
    ['', '{"query": ["a"]}', 400, 'prompts.0'],
    ['', '{"query": ["a"], "prompts": []}', 400, 'prompts'],
    ['', '{"prompts": []}', 400, 'query'],
  ])('%s %s is refused, naming the parameter', async (query, body, status, param) => {
    const { call } = await openTestApp()
    const reply = await call(`/rlhf/openrlhf${query}`, body)
    expect(reply.status).toBe(status)
    expect((await bodyOf(reply)).error.param).toBe(param)
  })
})

test('GET tells the range of the URL and an example that works', async () => {
  const { ask } = await openTestApp()
  const described = await ask('/rlhf/openrlhf?against=label')
  expect(described.range).toEqual({ single: [-1, 1], group: [-1, 1] })
  const { rewards } = await ask('/rlhf/openrlhf?against=label', described.example.request)
  expect(rewards.length).toBe(1)
  expect((await ask('/rlhf/openrlhf')).range).toEqual({ single: [0, 1], group: [-1, 1] })
  expect((await ask('/rlhf/openrlhf?shaping=half')).range).toEqual({ single: [0, 1], group: [0, 1] })
})
