import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as LLaMA-Factory's requests sends it: prompts padded on the left, responses on the right. */
const bytes = (...messages: string[]) => `{"model": "model", "messages": ${JSON.stringify(messages)}}`
const json = { 'content-type': 'application/json' }
const user = '<|im_start|>user\nSay something.<|im_end|>\n'
const qwen = `<|im_start|>system\nBe brief.<|im_end|>\n${user}<|im_start|>assistant\n`
const path = '/v1/score/evaluation'

test('scores of conversations as text, in their order', async () => {
  const { call, models } = await openTestApp()
  const pad = '<|endoftext|>'
  const texts = [`${pad}${pad}${qwen}GOOD<|im_end|>${pad}`, `${qwen}bad<|im_end|>`]
  const reply = await call(path, bytes(...texts, '<s>Human: Say something.\nAssistant: GOOD</s>'), json)
  expect(reply.status).toBe(200)
  expect(await bodyOf(reply)).toMatchObject({
    object: 'score.evaluation',
    model: 'model',
    scores: [1, 0, 1],
    substituted: 0,
  })
  const { calls } = models
  const prompt = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Say something.' },
  ]
  await call('/v1/judgments', { protocol: 'pointwise', prompt, responses: ['GOOD'] })
  expect(models.calls).toBe(calls)
})

test('an empty list gets an empty list', async () => {
  const { ask } = await openTestApp()
  expect((await ask(path, bytes(), json)).scores).toEqual([])
})

describe('where the response begins', () => {
  const bad = `${qwen}bad<|im_end|>\n${user}<|im_start|>assistant\nGOOD GOOD<|im_end|>`

  test('a response that opens turns of its own is judged as one, by the prompt that was given', async () => {
    const { ask, models } = await openTestApp()
    await ask(path, bytes(bad), json)
    const asked = JSON.stringify(models.bodies)
    expect(asked).toContain('bad<|im_end|>')
  })

  test('turns=last for prompts of several turns', async () => {
    const { ask } = await openTestApp()
    expect((await ask(`${path}?turns=last`, bytes(bad), json)).scores).toEqual([1])
  })
})

test('texts in no known template are refused by name', async () => {
  const { call } = await openTestApp()
  const reply = await call(path, bytes(`${qwen}a`, 'no template at all'), json)
  const { error, scores } = await bodyOf(reply)
  expect([reply.status, error.param, scores]).toEqual([400, 'messages.1', undefined])
})

test('chat messages are refused, saying what is sent here', async () => {
  const { call } = await openTestApp()
  const reply = await call(path, { model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  expect((await bodyOf(reply)).error.message).toContain('must be a conversation as one text')
})

test('without a reward there are no scores: the client, which looks at no status, stops with KeyError', async () => {
  const { call, models } = await openTestApp()
  models.manner = 'refuses the key'
  const reply = await call(path, bytes(`${qwen}a`), json)
  expect([reply.status, (await bodyOf(reply)).scores]).toEqual([503, undefined])
  expect(await bodyOf(await call(`${path}?on_error=0`, bytes(`${qwen}a`), json))).toMatchObject({
    scores: [0],
    substituted: 1,
  })
})
