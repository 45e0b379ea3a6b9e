import { beforeEach, expect, test } from 'vitest'
import { fineTuningJob, jobCheckpoint, jobEvent } from '../shared/protocol/fine-tuning.ts'
import { createJobWorker, WORKER_ENTRY } from './testing/job-worker.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const LINE = JSON.stringify({
  messages: [
    { role: 'user', content: 'Wëll?' },
    { role: 'assistant', content: '🙂' },
  ],
})
const JOBS = '/v1/fine_tuning/jobs'

let worker: ReturnType<typeof createJobWorker>

beforeEach(() => {
  worker = createJobWorker()
})

async function openApp(variables: Record<string, string> = {}) {
  const models = JSON.stringify([
    WORKER_ENTRY,
    { id: 'hosted', base_url: 'http://models.test/v1', model: 'm' },
  ])
  const app = await openTestApp(
    { PLUMBLINE_MODELS: models, PLUMBLINE_DEFAULT_MODEL: '', ...variables },
    worker.fetch,
  )
  const authorization = `Bearer ${app.key}`
  const upload = async (text: string) => {
    const body = new FormData()
    body.set('purpose', 'fine-tune')
    body.set('file', new File([text], 'data.jsonl'))
    return app.send('/v1/files', { method: 'POST', body, headers: { authorization } })
  }
  const create = async (more: object = {}, headers: Record<string, string> = {}) => {
    const { id } = await bodyOf(await upload(`${LINE}\n`))
    return app.call(JOBS, { model: 'small', training_file: id, ...more }, headers)
  }
  return { ...app, upload, create }
}

test('a job goes to its worker, with its file, and is seen under the names of the edge', async () => {
  const { create, ask, organisation } = await openApp()
  const made = fineTuningJob.parse(await bodyOf(await create({ suffix: 'mine' })))
  expect(made).toMatchObject({
    model: 'small',
    organization_id: organisation,
    status: 'queued',
    suffix: 'mine',
  })
  expect(worker.files.get(made.training_file)).toBe(`${LINE}\n`)
  expect(worker.jobs.get(made.id)?.job.model).toBe('tiny-1m')
  expect(new Set(worker.calls.map(({ caller }) => caller))).toEqual(new Set([organisation]))
  worker.become(made.id, {
    trained_tokens: 70,
    status: 'succeeded',
    finished_at: 5,
    fine_tuned_model: 'tiny-1m:ft-x',
    fine_tuned_models: { policy: 'tiny-1m:ft-x' },
  })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await ask(`${JOBS}/${made.id}`)).toMatchObject({
    status: 'succeeded',
    fine_tuned_model: 'small:ft-x',
  })
  expect((await ask('/v1/usage')).data).toMatchObject([
    { judgments: 0, cost: null, training_jobs: 1, trained_tokens: 70 },
  ])
  const models = (await ask('/v1/models')).data.map((model: { id: string }) => model.id)
  expect(models.slice(0, 3)).toEqual(['small', 'hosted', 'small:ft-x'])
  const { data } = await ask(`${JOBS}/${made.id}/checkpoints`)
  expect(jobCheckpoint.parse(data[0]).fine_tuned_model_checkpoint).toBe('small:ft-step2')
})

test('an organisation sees its own jobs and files alone', async () => {
  const [ours, theirs] = [await openApp(), await openApp()]
  const { id, training_file } = await bodyOf(await ours.create())
  expect((await ours.ask(JOBS)).data.map((job: { id: string }) => job.id)).toEqual([id])
  expect((await theirs.ask(JOBS)).data).toEqual([])
  for (const path of [
    `${JOBS}/${id}`,
    `${JOBS}/${id}/events`,
    `${JOBS}/${id}/checkpoints`,
    `/v1/files/${training_file}`,
  ]) {
    expect((await theirs.call(path)).status, path).toBe(404)
  }
  for (const action of ['cancel', 'pause', 'resume']) {
    expect((await theirs.call(`${JOBS}/${id}/${action}`, {})).status).toBe(404)
  }
  expect(worker.jobs.get(id)?.job.status).toBe('queued')
})

test('a call that is sent twice makes one job, for its own organisation', async () => {
  const [ours, theirs] = [await openApp(), await openApp()]
  const key = { 'idempotency-key': 'once' }
  const answers = [await ours.create({}, key), await ours.create({}, key), await theirs.create({}, key)]
  const [first, second, other] = await Promise.all(answers.map(bodyOf))
  expect(second.id).toBe(first.id)
  expect(other.id).not.toBe(first.id)
  expect(worker.jobs.size).toBe(2)
  const changed = await ours.create({ suffix: 'changed' }, key)
  expect([changed.status, (await bodyOf(changed)).error.param]).toEqual([400, 'suffix'])
})

test('without its worker a job is not made, and those that were are shown as they were last known', async () => {
  const { create, call, ask } = await openApp()
  const { id } = await bodyOf(await create())
  worker.say(id, 'Training begins.')
  expect((await ask(`${JOBS}/${id}/events`)).data.length).toBe(2)
  worker.down = true
  const refused = await create()
  expect([refused.status, (await bodyOf(refused)).error.code]).toEqual([503, 'model_unreachable'])
  expect(refused.headers.get('retry-after')).not.toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const known = await call(`${JOBS}/${id}`)
  expect((await bodyOf(known)).status).toBe('queued')
  expect(Number(known.headers.get('age'))).toBeGreaterThanOrEqual(1)
  expect((await ask(`${JOBS}/${id}/events`)).data.length).toBe(2)
  expect((await call(`${JOBS}/${id}/cancel`, {})).status).toBe(503)
  expect((await ask(JOBS)).data.length).toBe(1)
})

test('a job that its worker has lost has failed, and says so', async () => {
  const { create, ask } = await openApp()
  const { id } = await bodyOf(await create())
  worker.jobs.clear()
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const job = await ask(`${JOBS}/${id}`)
  expect([job.status, job.error.code]).toEqual(['failed', 'job_not_found'])
})

test('what the worker refuses is refused, with its sentence and its field', async () => {
  const { upload, call, ask } = await openApp()
  const { id } = await bodyOf(await upload('bad'))
  const refused = await call(JOBS, { model: 'small', training_file: id })
  expect([refused.status, (await bodyOf(refused)).error]).toMatchObject([
    400,
    { code: 'invalid_training_file', param: 'training_file', message: expect.stringContaining('Line 1') },
  ])
  expect((await ask(JOBS)).data).toEqual([])
})

test.for<[object, number, string]>([
  [{ model: 'hosted' }, 400, "'hosted' is no Plumbline worker"],
  [{ model: 'gpt-9' }, 404, "No model is called 'gpt-9'"],
  [{ training_file: 'x' }, 400, "'training_file' must be the id of a file"],
  [{ training_file: `file-${'0'.repeat(32)}` }, 404, 'There is no such file'],
  [
    { method: { type: 'dpo', dpo: { hyperparameters: { bet: 1 } } } },
    400,
    "'method.dpo.hyperparameters.bet'",
  ],
])('%o is refused by name', async ([more, status, sentence]) => {
  const { create } = await openApp()
  const refused = await create(more)
  expect([refused.status, (await bodyOf(refused)).error.message]).toEqual([
    status,
    expect.stringContaining(sentence),
  ])
})

test('actions reach the worker', async () => {
  const { create, ask, call } = await openApp()
  const { id } = await bodyOf(await create())
  expect((await ask(`${JOBS}/${id}/pause`, {})).status).toBe('paused')
  expect((await ask(`${JOBS}/${id}/resume`, {})).status).toBe('queued')
  expect((await ask(`${JOBS}/${id}/cancel`, {})).status).toBe('cancelled')
  expect((await call(`${JOBS}/${id}/pause`, {})).status).toBe(409)
})

test('what a job trained is used by its own organisation alone', async () => {
  const [ours, theirs] = [await openApp(), await openApp()]
  const { id } = await bodyOf(await ours.create())
  const model = `small:ft-${id.slice(6, 18)}`
  const ask = { model, messages: [{ role: 'user', content: 'Hi' }] }
  expect((await ours.call('/v1/chat/completions', ask)).status).toBe(200)
  expect(worker.chats).toEqual([`tiny-1m:ft-${id.slice(6, 18)}`])
  const pair = { prompt: 'Which?', responses: ['a', 'b'], model }
  for (const [path, body] of [
    ['/v1/chat/completions', ask],
    ['/v1/judgments', pair],
    ['/v1/verifiers/write', { constraint: 'Short.', model }],
  ] as const) {
    const refused = await theirs.call(path, body)
    expect([refused.status, (await bodyOf(refused)).error.code], path).toEqual([404, 'model_not_found'])
  }
})

test('a job begins with what its own organisation trained, or no job did', async () => {
  const [ours, theirs] = [await openApp(), await openApp()]
  const { id } = await bodyOf(await ours.create())
  const from = (adapter: string) => ({ method: { type: 'dpo', dpo: { hyperparameters: { adapter } } } })
  const own = `ft-${id.slice(6, 18)}`
  expect((await ours.create(from(own))).status).toBe(200)
  expect((await theirs.create(from('house'))).status).toBe(200)
  for (const adapter of [own, `./${own}`, `x/../${own}`, `/home/adapters/${own}`, `${own}-step40`]) {
    const refused = await theirs.create(from(adapter))
    expect([refused.status, (await bodyOf(refused)).error], adapter).toMatchObject([
      403,
      { code: 'forbidden', param: 'method.dpo.hyperparameters.adapter' },
    ])
  }
})

test('events are kept, paged and streamed to the end', async () => {
  const { create, ask, call } = await openApp()
  const { id } = await bodyOf(await create())
  for (const step of [1, 2, 3]) worker.say(id, `Step ${step}.`, step)
  const events = `${JOBS}/${id}/events`
  const newest = await ask(`${events}?limit=2`)
  expect([newest.data.map(({ message }: { message: string }) => message), newest.has_more]).toEqual([
    ['Step 3.', 'Step 2.'],
    true,
  ])
  const older = await ask(`${events}?limit=9&after=${newest.data[1].id}`)
  expect(older.data.map((one: unknown) => jobEvent.parse(one).message)).toEqual([
    'Step 1.',
    'The job was created.',
  ])
  const oldest = await ask(`${events}?order=asc&limit=1`)
  const stream = await call(`${events}?stream=true`, undefined, { 'last-event-id': oldest.data[0].id })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  setTimeout(() => {
    worker.say(id, 'Step 4.', 4)
    worker.become(id, { status: 'succeeded', fine_tuned_model: 'tiny-1m:ft-x' })
  }, 50)
  const text = await stream.text()
  const told = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
  expect(told.map(({ message, status }) => message ?? status)).toEqual([
    'Step 1.',
    'Step 2.',
    'Step 3.',
    'queued',
    'Step 4.',
    'succeeded',
  ])
  expect(told.at(-1)).toMatchObject({ model: 'small', fine_tuned_model: 'small:ft-x' })
  worker.down = true
  expect((await ask(events)).data[0].message).toBe('Step 4.')
  expect((await call(`${events}?after=ftevent-00000000-00000001`)).status).toBe(400)
})

test('a file comes back to the byte, is one however often it is sent, and can be deleted', async () => {
  const { upload, ask, call, send, key } = await openApp()
  const text = `\uFEFF${LINE.repeat(9000)}\r\n`
  const file = await bodyOf(await upload(text))
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await bodyOf(await upload(text))).toEqual(file)
  const content = await (await call(`/v1/files/${file.id}/content`)).arrayBuffer()
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content) === text).toBe(true)
  expect((await ask('/v1/files')).data).toEqual([file])
  const headers = { authorization: `Bearer ${key}` }
  const gone = await send(`/v1/files/${file.id}`, { method: 'DELETE', headers })
  expect(await bodyOf(gone)).toEqual({ id: file.id, object: 'file', deleted: true })
  expect((await call(`/v1/files/${file.id}`)).status).toBe(404)
})

test('a file that is too large is refused, with the way that there is', async () => {
  const { upload } = await openApp()
  const refused = await upload('x'.repeat(16 * 1024 * 1024))
  expect([refused.status, (await bodyOf(refused)).error]).toMatchObject([
    413,
    { code: 'body_too_large', message: expect.stringContaining('straight to the /v1/files of the worker') },
  ])
})

test('a file that a job left is read from its worker, by its own organisation alone', async () => {
  const [ours, theirs] = [await openApp(), await openApp()]
  const { id } = await bodyOf(await ours.create())
  const [left, other] = [`file-${'a'.repeat(32)}`, `file-${'b'.repeat(32)}`]
  worker.files.set(left, 'what was taught').set(other, "somebody else's")
  worker.become(id, { status: 'succeeded', finished_at: 5, result_files: [left] })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect((await ours.ask(`${JOBS}/${id}`)).result_files).toEqual([left])
  expect(await ours.ask(`/v1/files/${left}`)).toMatchObject({ id: left, bytes: 15 })
  expect(await (await ours.call(`/v1/files/${left}/content`)).text()).toBe('what was taught')
  for (const [app, file] of [
    [theirs, left],
    [ours, other],
  ] as const) {
    expect((await app.call(`/v1/files/${file}`)).status).toBe(404)
    expect((await app.call(`/v1/files/${file}/content`)).status).toBe(404)
  }
  worker.down = true
  expect((await ours.call(`/v1/files/${left}/content`)).status).toBe(503)
})
