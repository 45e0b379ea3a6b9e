import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** Bytes as Cohere's Python SDK sends them. */
const bytes = '{"model":"plumbline","query":"Say something.","documents":["bad","GOOD","also bad"],"top_n":2}'
const json = { 'content-type': 'application/json' }

test.each(['v1', 'v2'])(
  'Cohere %s: sorted, with an index and a relevance in 0..1, without documents',
  async (version) => {
    const { call } = await openTestApp()
    const reply = await bodyOf(await call(`/inference/cohere/${version}/rerank`, bytes, json))
    expect(reply.results).toMatchObject([
      { index: 1, relevance_score: 1 },
      { index: 0, relevance_score: 0 },
    ])
    expect(reply.results.length).toBe(2)
    expect(reply.results[0].document).toBeUndefined()
    expect(reply.meta.tokens.input_tokens).toBeGreaterThan(0)
  },
)

test('Cohere v1 documents may be objects, and are told where they are asked for', async () => {
  const { ask } = await openTestApp()
  const documents = [{ text: 'bad' }, { text: 'GOOD' }]
  const body = { query: 'Say something.', documents, return_documents: true }
  const { results } = await ask('/inference/cohere/v1/rerank', body)
  expect(results[0]).toMatchObject({ index: 1, document: { text: 'GOOD' } })
})

test('a comparison keeps relevance in 0..1', async () => {
  const { ask } = await openTestApp()
  const url = '/inference/cohere/v2/rerank?protocol=openrs&anchor=all'
  const { results } = await ask(url, { query: 'Hi', documents: ['GOOD', 'bad', 'GOOD GOOD'] })
  const scores = results.map((one: { relevance_score: number }) => one.relevance_score)
  expect(results.map(({ index }: { index: number }) => index)).toEqual([2, 0, 1])
  for (const score of scores) expect(score >= 0 && score <= 1).toBe(true)
  expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
})

test('Cohere reads the message of an error at the top', async () => {
  const { call, models } = await openTestApp()
  const refused = await call('/inference/cohere/v2/rerank', { query: 'a', documents: [] })
  expect(refused.status).toBe(400)
  expect(await bodyOf(refused)).toMatchObject({
    message: "'documents' must hold a document.",
    error: { code: 'invalid_request', param: 'documents' },
  })
  models.manner = 'unreachable'
  const failed = await call('/inference/cohere/v2/rerank', bytes, json)
  expect([failed.status, (await bodyOf(failed)).error.code]).toEqual([503, 'not_scored'])
})

test('Jina gets documents unless it wants none', async () => {
  const { ask } = await openTestApp()
  const body = { model: 'm', query: 'Say something.', documents: ['bad', 'GOOD'], top_n: 1 }
  const reply = await ask('/inference/jina/v1/rerank', body)
  expect(reply).toMatchObject({ model: 'm', results: [{ index: 1, document: { text: 'GOOD' } }] })
  expect(reply.usage.total_tokens).toBeGreaterThan(0)
  const bare = await ask('/inference/jina/v1/rerank', { ...body, return_documents: false })
  expect(bare.results[0].document).toBeUndefined()
})
