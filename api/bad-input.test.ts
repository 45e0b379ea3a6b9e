import { describe, expect, test } from 'vitest'
import { LIMITS } from './platform/limits.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const good = { prompt: 'p', responses: ['a', 'b'] }
const text = 'x'.repeat(LIMITS.textCharacters)
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const twice = [
  { id: 'a', level: 'core', title: 'A' },
  { id: 'a', level: 'core', title: 'B' },
]

const criteria = (...titles: string[]) =>
  titles.map((title, index) => ({ id: `c${index}`, level: 'core', title }))
const opposed = { criteria: criteria('Is short', 'Is right', 'Is long') }

type Case = [what: string, body: unknown, status: number, code: string, param: string | undefined]

const JUDGMENTS: Case[] = [
  ['nothing', '', 400, 'invalid_json', undefined],
  ['malformed JSON', '{"prompt": "p", ', 400, 'invalid_json', undefined],
  ['a number', '5', 400, 'invalid_request', undefined],
  ['an array', [], 400, 'invalid_request', undefined],
  ['null', 'null', 400, 'invalid_request', undefined],
  ['a wrong type', { ...good, prompt: 5 }, 400, 'invalid_request', 'prompt'],
  [
    'a wrong role',
    { ...good, prompt: [{ role: 'boss', content: 'x' }] },
    400,
    'invalid_request',
    'prompt.0.role',
  ],
  ['no messages', { ...good, prompt: [] }, 400, 'invalid_request', 'prompt'],
  ['an unknown field', { ...good, foo: 1 }, 400, 'unknown_field', 'foo'],
  [
    'an unknown field inside',
    { ...good, rubric: { criteria: twice.slice(0, 1), x: 1 } },
    400,
    'unknown_field',
    'rubric.x',
  ],
  ['no responses', { prompt: 'p' }, 400, 'invalid_request', 'responses'],
  ['one response', { prompt: 'p', responses: ['a'] }, 400, 'invalid_request', 'responses'],
  ['three responses', { prompt: 'p', responses: ['a', 'b', 'c'] }, 400, 'invalid_request', 'responses'],
  ['two for pointwise', { ...good, protocol: 'pointwise' }, 400, 'invalid_request', 'responses'],
  ['an empty response', { prompt: 'p', responses: ['a', ''] }, 400, 'invalid_request', 'responses.1'],
  ['an empty prompt', { ...good, prompt: '' }, 400, 'invalid_request', 'prompt'],
  ['a lone surrogate', { prompt: 'p', responses: ['a', '\ud800'] }, 400, 'invalid_text', 'responses.1'],
  ['a long text', { prompt: 'p', responses: ['a', `${text}x`] }, 413, 'text_too_long', 'responses.1'],
  [
    '5 MB of text',
    { prompt: 'p', responses: ['a', 'x'.repeat(5_000_000)] },
    413,
    'body_too_large',
    undefined,
  ],
  ['deep nesting', deep, 400, 'invalid_request', undefined],
  ['a rubric that is not there', { ...good, rubric: 'rub_0' }, 404, 'rubric_not_found', 'rubric'],
  [
    'a rubric with one id twice',
    { ...good, rubric: { criteria: twice } },
    400,
    'invalid_request',
    'rubric.criteria',
  ],
  ['criteria that contradict each other', { ...good, rubric: opposed }, 422, 'invalid_rubric', 'rubric'],
  [
    'weights that sum to 0',
    { ...good, rubric: { criteria: [{ id: 'a', weight: 0, title: 'A' }] } },
    422,
    'invalid_rubric',
    'rubric.criteria',
  ],
  ['an unknown model', { ...good, model: 'nobody' }, 404, 'model_not_found', 'model'],
  ['an unknown meta-rubric', { ...good, meta_rubric: 'x@9' }, 404, 'meta_rubric_not_found', 'meta_rubric'],
  ['an unknown protocol', { ...good, protocol: 'magic' }, 400, 'invalid_request', 'protocol'],
  [
    'an unknown verifier',
    { ...good, constraints: [{ kind: 'x' }] },
    400,
    'invalid_request',
    'constraints.0.kind',
  ],
  ['too many votes', { ...good, votes: 99 }, 400, 'invalid_request', 'votes'],
  ['half a vote', { ...good, votes: 1.5 }, 400, 'invalid_request', 'votes'],
  [
    'a prototype',
    '{"prompt":"p","responses":["a","b"],"__proto__":{"x":1}}',
    400,
    'unknown_field',
    '__proto__',
  ],
]

describe('POST /v1/judgments refuses with one sentence that names the field', () => {
  test.each(JUDGMENTS)('%s', async (_what, body, status, code, param) => {
    const { call, models } = await openTestApp()
    const response = await call('/v1/judgments', body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/json')
    const { error } = await bodyOf(response)
    expect(error).toMatchObject({ code, type: 'caller' })
    expect(error.param).toBe(param)
    expect(error.message).toMatch(/^['A-Z][^\n]*[.]$/)
    expect(error.message).not.toMatch(/Invalid input|undefined|\[object/)
    expect(error.message.length).toBeLessThan(400)
    expect(models.calls).toBe(0)
  })
})

const REWARDS: Case[] = [
  ['no responses', { prompt: 'p', responses: [] }, 400, 'invalid_request', 'responses'],
  ['one response', { prompt: 'p', responses: ['a'] }, 422, 'nothing_to_compare', 'responses'],
  ['an anchor outside', { ...good, anchor: { index: 7 } }, 400, 'invalid_request', 'anchor.index'],
  ['a word for an anchor', { ...good, anchor: 'best' }, 400, 'invalid_request', 'anchor'],
  ['verifiers without any', { ...good, protocol: 'verifier' }, 400, 'invalid_request', 'constraints'],
]

describe('POST /v1/rewards refuses likewise', () => {
  test.each(REWARDS)('%s', async (_what, body, status, code, param) => {
    const { call } = await openTestApp()
    const response = await call('/v1/rewards', body)
    expect(response.status).toBe(status)
    expect((await bodyOf(response)).error).toMatchObject({ code, param })
  })
})

test('a rubric whose criteria contradict each other is not filed; one with a text twice or 200 criteria is', async () => {
  const { ask } = await openTestApp()
  expect((await ask('/v1/rubrics', opposed)).error).toMatchObject({
    code: 'invalid_rubric',
    param: 'criteria',
    message: "The criteria 'c0' and 'c2' contradict each other (short and long): change one or leave it out.",
  })
  for (const titles of [['Is kind', 'Is kind'], Array.from({ length: 200 }, (_, index) => `Says ${index}`)]) {
    expect((await ask('/v1/rubrics', { criteria: criteria(...titles) })).criteria).toHaveLength(titles.length)
  }
})

test('an unknown verifier is answered with the kinds nearest to it', async () => {
  const { ask } = await openTestApp()
  const { error } = await ask('/v1/verify', { response: 'a', verifiers: [{ kind: 'word_cuont', min: 1 }] })
  expect(error.message).toMatch(
    /^'verifiers.0.kind' must be one of the \d+ that the documentation lists, such as "word_count", /,
  )
})

test('bytes that are not UTF-8 are refused, not replaced', async () => {
  const { send, key } = await openTestApp()
  const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])
  const response = await send('/v1/judgments', { method: 'POST', body, headers: { 'x-api-key': key } })
  expect(await bodyOf(response)).toMatchObject({ error: { code: 'invalid_json' } })
})

test('a body that is too long by its length is read to its end, so that its sender reads the answer', async () => {
  const { send, key } = await openTestApp()
  const length = LIMITS.bodyBytes + 65_536
  let left = length
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left === 0) return controller.close()
      left -= 65_536
      controller.enqueue(new Uint8Array(65_536))
    },
  })
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body,
    headers: { 'x-api-key': key, 'content-length': String(length) },
    duplex: 'half',
  }
  expect((await send('/v1/judgments', init)).status).toBe(413)
  expect(left).toBe(0)
})

test("an upload that breaks off is the caller's", async () => {
  const { send, key } = await openTestApp()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('connection lost')),
  })
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body,
    headers: { 'x-api-key': key, 'content-length': '9' },
    duplex: 'half',
  }
  const response = await send('/v1/judgments', init)
  expect([response.status, (await bodyOf(response)).error.code]).toEqual([400, 'invalid_request'])
})

test('a body without a length is counted as it comes', async () => {
  const { send, key } = await openTestApp()
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body,
    headers: { 'x-api-key': key },
    duplex: 'half',
  }
  const response = await send('/v1/judgments', init)
  expect(response.status).toBe(413)
  expect(sent).toBeLessThan(LIMITS.bodyBytes * 1.5)
})

test('wrong headers, queries, methods and paths are refused as JSON too', async () => {
  const { call, send, key } = await openTestApp()
  const refused = async (response: Response) => [response.status, (await bodyOf(response)).error.param]
  expect(await refused(await call('/v1/judgments', good, { 'x-deadline-ms': 'soon' }))).toEqual([
    400,
    'X-Deadline-Ms',
  ])
  const long = { 'idempotency-key': 'x'.repeat(300) }
  expect(await refused(await call('/v1/judgments', good, long))).toEqual([400, 'Idempotency-Key'])
  expect(await refused(await call('/v1/judgments?limit=0'))).toEqual([400, 'limit'])
  expect(await refused(await call('/v1/judgments?page=2'))).toEqual([400, 'page'])
  expect(await refused(await call('/nowhere'))).toEqual([404, undefined])
  const put = await send('/v1/judgments', { method: 'PUT', headers: { 'x-api-key': key } })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD'])
  expect((await bodyOf(put)).error.code).toBe('method_not_allowed')
})
