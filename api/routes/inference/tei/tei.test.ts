import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../../testing/test-app.ts'

const zephyr = (response: string) => `<|user|>\nSay something.</s>\n<|assistant|>\n${response}</s>`

describe.each(['/inference/tei/predict', '/inference/tei'])('%s', (url) => {
  test('one input is answered by one list of labels', async () => {
    const { ask } = await openTestApp()
    const one = { score: 1, label: 'LABEL_0', substituted: false }
    expect(await ask(url, { inputs: zephyr('GOOD') })).toMatchObject([one])
    expect(await ask(url, { inputs: [zephyr('GOOD')] })).toMatchObject([one])
    expect(await ask(url, { inputs: ['Say something.', 'GOOD'] })).toMatchObject([one])
  })

  test('several are a list of lists, each of one text or of a pair', async () => {
    const { ask } = await openTestApp()
    const inputs = [[zephyr('GOOD')], ['Say something.', 'bad']]
    const reply = await ask(url, { inputs, raw_scores: true, truncate: true })
    expect(reply).toMatchObject([[{ score: 1 }], [{ score: 0 }]])
    expect(await ask(url, { inputs: [[zephyr('GOOD')]] })).toMatchObject([[{ score: 1 }]])
  })
})

test.each(['/inference/tei/rerank', '/inference/tei'])('%s ranks texts, the best first', async (url) => {
  const { ask } = await openTestApp()
  const body = { query: 'Say something.', texts: ['bad', 'GOOD'] }
  const reply = await ask(url, body)
  expect(reply).toMatchObject([
    { index: 1, score: 1 },
    { index: 0, score: 0 },
  ])
  expect(reply[0].text).toBeUndefined()
  expect((await ask(url, { ...body, return_text: true }))[0].text).toBe('GOOD')
})

describe("errors are of TEI's shape and status", () => {
  const pair = ['Say something.', 'GOOD']

  test.each([
    ['/predict', { inputs: Array.from({ length: 33 }, () => pair) }, 'inputs'],
    ['/predict', { inputs: ['a', 'b', 'c'] }, 'inputs.0'],
    ['/predict', { inputs: 'no template' }, 'inputs'],
    ['/predict', { inputs: [pair, ['no template']] }, 'inputs.1'],
    ['/predict', { inputs: [[1, 2]] }, 'inputs.0.0'],
    ['/predict', {}, 'inputs'],
    ['/rerank', { query: 'a', texts: [] }, 'texts'],
    ['/rerank', { query: 'a', texts: Array.from({ length: 33 }, () => 'b') }, 'texts'],
  ])('%s of %j', async (path, body, param) => {
    const { call } = await openTestApp()
    const reply = await call(`/inference/tei${path}`, body)
    expect(reply.status).toBe(422)
    expect(await bodyOf(reply)).toMatchObject({ error: expect.any(String), error_type: 'Validation', param })
  })

  test('a judge that fails is a backend that fails', async () => {
    const { call, ask, models } = await openTestApp()
    models.manner = 'unreachable'
    const headers = { 'x-request-id': 'mine' }
    const reply = await call('/inference/tei/predict', { inputs: pair }, headers)
    expect([reply.status, reply.headers.has('retry-after')]).toEqual([424, true])
    expect(reply.headers.get('x-request-id')).toBe('mine')
    expect(await bodyOf(reply)).toMatchObject({
      error: expect.any(String),
      error_type: 'Backend',
      code: 'not_scored',
    })
    const substituted = await ask('/inference/tei/predict?on_error=0.25', { inputs: pair })
    expect(substituted).toMatchObject([{ score: 0.25, substituted: true }])
  })

  test('32 inputs are taken', async () => {
    const { ask } = await openTestApp()
    const inputs = Array.from({ length: 32 }, () => pair)
    expect((await ask('/inference/tei/predict', { inputs })).length).toBe(32)
  })
})
