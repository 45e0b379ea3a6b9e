import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../testing/test-app.ts'

const chat = [
  { role: 'user', content: '2+2?' },
  { role: 'assistant', content: '4' },
]
const text = '<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>'
const slime = { prompt: '2+2?', response: '4', label: '4' }
const openrlhf = { query: ['<|user|>2+2?<|assistant|>4'], prompts: ['<|user|>2+2?<|assistant|>'] }
const alignAnything = { prompts: ['2+2?'], responses: ['4'] }

describe('a path that users guess answers as the path of its own does', () => {
  test.each([
    ['/', '/rlhf/slime', slime],
    ['/', '/rlhf/openrlhf', openrlhf],
    ['/', '/rlhf/align-anything', alignAnything],
    ['/get_reward', '/rlhf/openrlhf', openrlhf],
    ['/get_reward/', '/rlhf/align-anything', alignAnything],
    ['/v1/score/evaluation', '/rlhf/llama-factory', { model: 'model', messages: [text] }],
    ['/grade', '/rlhf/foundry', { sample: { output_text: '4' }, item: { question: '2+2?' } }],
    ['/grade', '/rlhf/akka', { input: '2+2?', output: '4', expected: '4' }],
    ['/reward', '/rlhf/eval-protocol', { messages: chat, ground_truth: '4' }],
    ['/evaluate', '/rlhf/eval-protocol', { messages: chat, kwargs: { a: 1 } }],
  ])('%s as %s', async (guessed, own, body) => {
    const { call } = await openTestApp()
    const first = await call(own, body)
    expect(first.status).toBe(200)
    const reply = await call(guessed, body)
    expect(reply.status).toBe(200)
    expect(await reply.text()).toBe(await first.text())
  })
})

test('settings travel in the query there too', async () => {
  const { ask } = await openTestApp()
  expect(await ask('/?verifier=exact&reward_key=r', slime)).toMatchObject({ r: 1 })
  expect(await ask('/get_reward?verifier=exact', { ...openrlhf, labels: ['5'] })).toMatchObject({
    rewards: [0],
  })
})

describe('whose body it is', () => {
  test.each([
    ['/', { ...slime, ...alignAnything }, ['slime', 'align-anything']],
    ['/get_reward', { ...openrlhf, ...alignAnything }, ['openrlhf', 'align-anything']],
    ['/grade', { sample: {}, item: {}, input: 'a', output: 'b' }, ['foundry', 'akka']],
  ])('%s refuses a body that mixes dialects, and names them', async (path, body, names) => {
    const { call, models } = await openTestApp()
    const reply = await call(path, body)
    expect(reply.status).toBe(400)
    const { message } = (await bodyOf(reply)).error
    expect(message).toMatch(/^The body mixes dialects/)
    for (const name of names) expect(message).toContain(`${name} sends`)
    expect(models.calls).toBe(0)
  })

  test.each([[{ input_ids: [1], return_logprob: true }], [[]], [7], ['text'], [null]])(
    'a body of none is refused, naming what each wants: %j',
    async (body) => {
      const { call } = await openTestApp()
      const reply = await call('/', JSON.stringify(body))
      expect(reply.status).toBe(400)
      expect((await bodyOf(reply)).error.message).toContain('slime sends prompt and response')
    },
  )
})

test('a guessed path wants a key, and / says to anybody what is here', async () => {
  const { send } = await openTestApp()
  for (const path of ['/', '/get_reward', '/reward', '/v1/score/evaluation']) {
    expect((await send(path, { method: 'POST', body: '{}' })).status, path).toBe(401)
  }
  expect((await send('/get_reward')).status).toBe(401)
  expect((await send('/')).status).toBe(200)
})

test('GET describes every dialect of the path, and other methods are refused', async () => {
  const { ask, call, send, key } = await openTestApp()
  const { data } = await ask('/get_reward?against=label')
  expect(data.map(({ name }: { name: string }) => name)).toEqual(['openrlhf', 'align-anything'])
  expect(data[0].range.single).toEqual([-1, 1])
  const headers = { authorization: `Bearer ${key}` }
  const refused = await send('/get_reward', { method: 'DELETE', headers })
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD'])
  expect((await call('/get_rewards', {})).status).toBe(404)
})
