import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as slime's aiohttp sends it, with fields of its own. */
const bytes = (response: string, label: string | null = null) =>
  `{"prompt": [{"role": "user", "content": "2+2?"}], "response": ${JSON.stringify(response)}, "label": ${JSON.stringify(label)}, "index": 3}`

test('the whole body is the reward, and a better response gets a better one', async () => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/slime', bytes('GOOD<|im_end|>'))
  expect(reply.headers.get('content-type')).toContain('application/json')
  expect(reply.headers.get('x-plumbline-judgments')).toMatch(/^jdg_[0-9a-f]{32}$/)
  expect(await reply.text()).toBe('1')
  expect(await (await call('/rlhf/slime', bytes('bad'))).text()).toBe('0')
})

test('reply=object for --reward-key score', async () => {
  const { ask } = await openTestApp()
  const reply = await ask('/rlhf/slime?reply=object', bytes('GOOD'))
  expect(reply).toMatchObject({ score: 1, substituted: false })
  expect(reply.judgments.length).toBe(1)
})

test('a prompt may be text, templated or not, or messages that end in an open turn', async () => {
  const { ask, models } = await openTestApp()
  const open = [
    { role: 'user', content: '2+2?' },
    { role: 'assistant', content: '' },
  ]
  const llama =
    '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n'
  const first = await ask('/rlhf/slime?reply=object', { prompt: '2+2?', response: 'GOOD' })
  const { calls } = models
  for (const prompt of [open, llama, '<s><|user|>2+2?</s><|assistant|>']) {
    expect(await ask('/rlhf/slime?reply=object', { prompt, response: 'GOOD' })).toEqual(first)
  }
  expect(models.calls).toBe(calls)
})

test('a slash at the end, a number for a label, a number for on_error as Python prints it', async () => {
  const { ask, models } = await openTestApp()
  const sample = { prompt: '2+2?', response: '4', label: 4 }
  expect(await ask('/rlhf/slime/?verifier=exact', sample)).toBe(1)
  models.manner = 'unreachable'
  expect(await ask('/rlhf/slime?on_error=-1e-05', sample)).toBe(-0.00001)
})

test('against the label, and by a verifier', async () => {
  const { ask } = await openTestApp()
  expect(await ask('/rlhf/slime?against=label', bytes('GOOD GOOD', 'bad'))).toBe(1)
  expect(await ask('/rlhf/slime?against=label', bytes('bad', 'GOOD GOOD'))).toBe(-1)
  expect(await ask('/rlhf/slime?verifier=exact', bytes('4', '4'))).toBe(1)
})

test('no reward is 503 with Retry-After, or the number of the URL, said in a header', async () => {
  const { call, models } = await openTestApp()
  models.manner = 'unreachable'
  const refused = await call('/rlhf/slime', bytes('GOOD'))
  expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true])
  const substituted = await call('/rlhf/slime?on_error=0', bytes('GOOD'))
  expect(substituted.headers.get('x-plumbline-substituted')).toBe('1')
  expect(await substituted.text()).toBe('0')
})

test.each([
  [{ input_ids: [1, 2], return_logprob: true }, 'prompt'],
  [{ prompt: 'p' }, 'response'],
  [{ prompt: [], response: 'r' }, 'prompt'],
  [{ prompt: 5, response: 'r' }, 'prompt'],
  [{ prompt: 'p', response: null }, 'response'],
])('%j is refused, naming the field', async (body, param) => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/slime', body)
  expect(reply.status).toBe(400)
  expect((await bodyOf(reply)).error.param).toBe(param)
})
