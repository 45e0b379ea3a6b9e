import { expect, test } from 'vitest'
import { createModelServer } from '../../testing/model-server.ts'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'
import { TEST_VARIABLES } from '../../testing/variables.ts'

/** A body as ROLL's requests.post sends it: Python's json.dumps. */
const bytes = (response: string, rewardInfo = '{"ground_truth": "4"}', data = '1') =>
  `{"priority": 1, "project_id": "p", "experiment_id": "e", "global_step": 0, "data_id": "${data}", "rollout_id": "r", "prompt": "<|im_start|>user\\n2+2?<|im_end|>\\n<|im_start|>assistant\\n", "response": ${JSON.stringify(response)}, "reward_info": ${rewardInfo}, "reward_manager": [], "timeout": 300}`
const headers = { 'content-type': 'application/json', businesstype: 'online' }
type App = Awaited<ReturnType<typeof openTestApp>>

async function submit({ call }: App, body: string, query = '') {
  const reply = await call(`/rlhf/roll/submit${query}`, body, headers)
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json'])
  const { errcode, reward_request_id: id } = await bodyOf(reply)
  expect(errcode).toBe(0)
  return id
}

/** Polls as ROLL does, but faster, until the errcode is another than 1. */
async function collect({ ask }: App, id: string) {
  for (let tries = 0; tries < 50; tries++) {
    const result = await ask('/rlhf/roll/result', { reward_request_id: id })
    if (result.errcode !== 1) return result
  }
  throw new Error('It never ended.')
}

test('a submission is answered at once and collected by its id', async () => {
  const app = await openTestApp()
  const result = await collect(app, await submit(app, bytes('GOOD<|im_end|>')))
  expect(result).toMatchObject({
    errcode: 0,
    reward_score: 1,
    dimention_reward_score: {},
    substituted: false,
  })
  expect(result.judgments.length).toBe(1)
  for (const time of [result.start_time, result.end_time]) {
    expect(new Date(time).toISOString()).toBe(time)
  }
  expect(await collect(app, await submit(app, bytes('bad')))).toMatchObject({ errcode: 0, reward_score: 0 })
  const prompt = [{ role: 'user', content: '2+2?' }]
  const same = { protocol: 'pointwise', prompt, responses: ['bad'] }
  expect(await app.ask('/v1/judgments', same)).toMatchObject({ usage: { cache: 'hit' } })
})

test('the id may stand in the query, and the key in XRL-Authorization', async () => {
  const app = await openTestApp()
  const id = await submit(app, bytes('GOOD'))
  await collect(app, id)
  const xrl = { 'xrl-authorization': `Bearer ${app.key}` }
  const reply = await app.send(`/rlhf/roll/result?reward_request_id=${id}`, { headers: xrl })
  expect(await bodyOf(reply)).toMatchObject({ errcode: 0, reward_score: 1 })
  expect((await app.send(`/rlhf/roll/result?reward_request_id=${id}`)).status).toBe(401)
})

test('five times five repeats are one submission and one judgment', async () => {
  const app = await openTestApp()
  const ids = await Promise.all(Array.from({ length: 25 }, () => submit(app, bytes('GOOD'))))
  expect(new Set(ids).size).toBe(1)
  await Promise.all(ids.map((id) => collect(app, id)))
  expect((await app.ask('/v1/judgments')).data.length).toBe(1)
  expect(await submit(app, bytes('GOOD', '{}', '2'))).not.toBe(ids[0])
})

test('the URL of the submission says how it is rewarded', async () => {
  const app = await openTestApp()
  const by = async (query: string, body: string) =>
    (await collect(app, await submit(app, body, query))).reward_score
  expect(await by('?verifier=numeric_answer', bytes('It is 4.'))).toBe(1)
  expect(await by('?verifier=numeric_answer', bytes('It is 5.'))).toBe(0)
  const info = '{"ground_truth": "5", "row": {"sum": 4}}'
  expect(await by('?verifier=exact&label=reward_info.row.sum', bytes('4', info))).toBe(1)
  expect(app.models.calls).toBe(0)
  expect(await by('?against=label', bytes('GOOD GOOD', '{"ground_truth": "GOOD"}'))).toBe(0.5)
})

test('what takes long is under way until it is done', async () => {
  const models = createModelServer()
  const [entry] = JSON.parse(TEST_VARIABLES.PLUMBLINE_MODELS)
  const PLUMBLINE_MODELS = JSON.stringify([{ ...entry, timeout_ms: 20_000 }])
  const slowly = async (url: string, init: RequestInit) => {
    await new Promise((resolve) => setTimeout(resolve, 900))
    return models.fetch(url, init)
  }
  const app = await openTestApp({ PLUMBLINE_MODELS }, slowly)
  const id = await submit(app, bytes('GOOD'))
  const early = await app.ask('/rlhf/roll/result', { reward_request_id: id })
  expect(early).toEqual({ errcode: 1, message: expect.any(String) })
  expect(await collect(app, id)).toMatchObject({ errcode: 0, reward_score: 1 })
  expect((await app.ask('/v1/judgments')).data.length).toBe(1)
})

test('what failed is neither done nor a score', async () => {
  const app = await openTestApp()
  app.models.manner = 'never'
  const id = await submit(app, bytes('GOOD'))
  const result = await collect(app, id)
  expect(result).toMatchObject({ errcode: 2, message: expect.any(String) })
  expect(result).not.toHaveProperty('reward_score')
  app.models.manner = 'well'
  expect(await collect(app, id)).toMatchObject({ errcode: 0, reward_score: 1 })
})

test('on_error is the score where there is none, and is told as such', async () => {
  const app = await openTestApp()
  app.models.manner = 'status 500'
  const result = await collect(app, await submit(app, bytes('GOOD'), '?on_error=-1'))
  expect(result).toMatchObject({ errcode: 0, reward_score: -1, substituted: true })
})

test("a run's own URLs take submissions too, and a repeat is no second member of a group", async () => {
  const app = await openTestApp()
  await app.call('/v1/runs', { name: 'mine', group_size: 2 })
  const at = '/runs/mine/rlhf/roll'
  const send = async (rollout: string, response: string) => {
    const body = { prompt: 'Say it.', response, data_id: 1, rollout_id: rollout }
    return (await app.ask(`${at}/submit?against=group`, body)).reward_request_id
  }
  const ids = [await send('a', 'GOOD'), await send('a', 'GOOD'), await send('b', 'bad')]
  const collected = async (id: string) => {
    for (;;) {
      const result = await app.ask(`${at}/result`, { reward_request_id: id })
      if (result.errcode !== 1) return result
    }
  }
  const [first, again, other] = await Promise.all(ids.map(collected))
  expect(first.reward_score).toBeGreaterThan(other.reward_score)
  expect(again.reward_score).toBe(first.reward_score)
})

test("a run's URL gives out what was submitted to that run alone", async () => {
  const app = await openTestApp()
  for (const name of ['mine', 'other']) await app.call('/v1/runs', { name })
  const at = (run: string) => `/runs/${run}/rlhf/roll`
  const body = { prompt: 'Say it.', response: 'GOOD', reward_info: {} }
  for (const from of [at('other'), '/rlhf/roll']) {
    const { reward_request_id } = await app.ask(`${from}/submit`, body)
    expect(await app.ask(`${at('mine')}/result`, { reward_request_id })).toMatchObject({
      errcode: 2,
      message: expect.stringContaining('submit it again'),
    })
    expect(await collect(app, reward_request_id)).toMatchObject({ errcode: 0, reward_score: 1 })
  }
})

test('nobody collects what another organisation submitted', async () => {
  const app = await openTestApp()
  const id = await submit(app, bytes('GOOD'))
  const { ask } = await openTestApp()
  expect(await ask('/rlhf/roll/result', { reward_request_id: id })).toMatchObject({
    errcode: 2,
    message: expect.stringContaining('submit it again'),
  })
})

test.each([
  ['submit', '', '{"response": "r"}', 400, 'prompt'],
  ['submit', '', '{"prompt": "", "response": "r"}', 400, 'prompt'],
  ['submit', '', '{"prompt": "p"}', 400, 'response'],
  [
    'submit',
    '?verifier=exact',
    '{"prompt": "p", "response": "r", "reward_info": {"case_type": "x"}}',
    422,
    'reward_info.ground_truth',
  ],
  ['submit', '?against=group', '{"prompt": "p", "response": "r"}', 422, 'against'],
  ['submit', '?threshold=1', '{"prompt": "p", "response": "r"}', 400, 'threshold'],
  ['submit', '', '[]', 400, undefined],
  ['result', '', '{}', 400, 'reward_request_id'],
  ['result', '', '{"reward_request_id": 5}', 400, 'reward_request_id'],
])('%s%s %s is refused, naming the field', async (part, query, body, status, param) => {
  const { call } = await openTestApp()
  const reply = await call(`/rlhf/roll/${part}${query}`, body)
  expect(reply.headers.get('content-type')).toBe('application/json')
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([status, param])
})

test('a GET whose body was dropped is told what to do', async () => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/roll/result')
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, 'reward_request_id'])
})
