import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { fineTuningJob, jobCheckpoint, jobEvent } from '../../../shared/protocol/fine-tuning.ts'
import { CONVERSATIONS, newHome, startTraining, upload } from '../../testing/training-worker.ts'

type Jobs = OpenAI['fineTuning']['jobs']

/** The job once it has this status, and has made so many steps. */
async function becomes(jobs: Jobs, id: string, status: string, steps = 0) {
  for (;;) {
    const job = fineTuningJob.parse(await jobs.retrieve(id))
    if (job.status === status && job.progress.step >= steps) return job
    if (job.status === 'failed') throw new Error(`The job failed: ${job.error?.message}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function makeJob(client: OpenAI, more: object = {}) {
  const { id } = await upload(client)
  return client.fineTuning.jobs.create({ model: 'fake-1m', training_file: id, ...more })
}

const messagesOf = async (jobs: Jobs, id: string) => {
  const messages: string[] = []
  for await (const { message } of jobs.listEvents(id, { limit: 100 })) messages.unshift(message)
  return messages
}

describe('fine-tuning jobs, by the official client', () => {
  it('runs one to its end and serves what it trained', async () => {
    const home = await newHome()
    const { client, jobs, engine } = await startTraining(home)
    const made = fineTuningJob.parse(
      await makeJob(client, { suffix: 'first', seed: 3, metadata: { by: 'ann' } }),
    )
    expect(made).toMatchObject({
      seed: 3,
      suffix: 'first',
      metadata: { by: 'ann' },
      organization_id: 'local',
    })
    const done = await becomes(jobs, made.id, 'succeeded')
    const name = `ft-first-${made.id.slice(6, 18)}`
    expect(done).toMatchObject({
      fine_tuned_model: `fake-1m:${name}`,
      fine_tuned_models: { policy: `fake-1m:${name}` },
      progress: { step: 6, steps: 6, phase: 'supervised' },
      trained_tokens: 60,
      hyperparameters: { n_epochs: 1, batch_size: 8 },
    })
    expect(done.finished_at).not.toBeNull()
    expect(engine.adapters.map((adapter) => adapter.name)).toEqual([name])
    const { data: checkpoints } = await jobs.checkpoints.list(made.id)
    expect(checkpoints.map((one) => jobCheckpoint.parse(one).step_number)).toEqual([6, 4])
    expect((await readdir(join(home, 'adapters'))).sort()).toEqual([name, `${name}-step4`, `${name}-step6`])
    const messages = await messagesOf(jobs, made.id)
    expect(messages.slice(0, 3)).toEqual([
      'The job was created.',
      'Training begins.',
      'Step 1 of 6 (supervised): loss 1.',
    ])
    expect(messages.at(-1)).toBe('The job succeeded.')
  })

  it('pages through jobs and events', async () => {
    const { client, jobs } = await startTraining(await newHome(), { steps: 1, milliseconds: 0 })
    const ids: string[] = []
    for (const suffix of ['a', 'b', 'c']) ids.unshift((await makeJob(client, { suffix })).id)
    await becomes(jobs, ids[0] ?? '', 'succeeded')
    const listed: string[] = []
    for await (const job of jobs.list({ limit: 2 })) listed.push(job.id)
    expect(new Set(listed)).toEqual(new Set(ids))
    const first = await jobs.listEvents(ids[0] ?? '', { limit: 2 })
    expect([first.data.length, first.has_more]).toEqual([2, true])
    const all: unknown[] = []
    for await (const event of jobs.listEvents(ids[0] ?? '', { limit: 2 })) all.push(jobEvent.parse(event).id)
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(4)
  })

  it('runs one at a time, and makes one of a call that is sent twice', async () => {
    const { client, jobs } = await startTraining(await newHome(), { steps: 1000, milliseconds: 20 })
    const { id } = await upload(client)
    const ask = { model: 'fake-1m', training_file: id }
    const twice = await Promise.all(
      [1, 2].map(() => jobs.create(ask, { headers: { 'Idempotency-Key': 'once' } })),
    )
    expect(new Set(twice.map((job) => job.id)).size).toBe(1)
    const other = await jobs.create(ask)
    const first = twice[0]?.id ?? ''
    await becomes(jobs, first, 'running')
    expect((await jobs.retrieve(other.id)).status).toBe('queued')
    await jobs.cancel(first)
    await becomes(jobs, other.id, 'running')
    expect((await jobs.list()).data.length).toBe(2)
    const another = jobs.create({ ...ask, suffix: 'other' }, { headers: { 'Idempotency-Key': 'once' } })
    await expect(another).rejects.toMatchObject({ status: 400, param: 'suffix' })
  })

  it('pauses, goes on where it was, and is cancelled', async () => {
    const { client, jobs } = await startTraining(await newHome(), { steps: 50, milliseconds: 10 })
    const { id } = await makeJob(client)
    await becomes(jobs, id, 'running')
    await jobs.pause(id)
    const paused = await becomes(jobs, id, 'paused')
    await jobs.resume(id)
    while ((await jobs.listEvents(id)).data[0]?.type !== 'metrics') await becomes(jobs, id, 'running')
    const cancelled = await jobs.cancel(id)
    expect(cancelled.status).toBe('cancelled')
    expect((await jobs.cancel(id)).status).toBe('cancelled')
    await expect(jobs.pause(id)).rejects.toMatchObject({ status: 409, code: 'job_over' })
    expect(await messagesOf(jobs, id)).toContain(`Training goes on after step ${paused.progress.step}.`)
  })

  it('fails with the sentence of its run, and can be taken up again', async () => {
    const { client, jobs } = await startTraining(await newHome(), { failsAt: 3 })
    const { id } = await makeJob(client)
    await expect(becomes(jobs, id, 'succeeded')).rejects.toThrow('The loss was no number')
    expect((await jobs.retrieve(id)).error).toMatchObject({ code: 'internal', param: null })
    expect((await jobs.resume(id)).error).toBeNull()
  })
})

describe('a run that breaks off', () => {
  it('is taken up from its last checkpoint', async () => {
    const { client, jobs } = await startTraining(await newHome(), { diesAt: { step: 3, times: 1 } })
    const { id } = await makeJob(client)
    const done = await becomes(jobs, id, 'succeeded')
    expect(done.progress.step).toBe(6)
    // The third step was made twice and is counted once.
    expect(done.trained_tokens).toBe(60)
    const messages = await messagesOf(jobs, id)
    expect(messages.filter((message) => /broke off/.test(message)).length).toBe(1)
    expect(messages).toContain('Training goes on after step 2.')
  })

  it('is given up once it breaks off again and again', async () => {
    const { client, jobs } = await startTraining(await newHome(), { diesAt: { step: 1, times: 9 } })
    const { id } = await makeJob(client)
    await expect(becomes(jobs, id, 'succeeded')).rejects.toThrow('broke off 3 times')
  })

  it('is found again by the next worker, with its files and its events', async () => {
    const home = await newHome()
    const before = await startTraining(home, { steps: 1000, milliseconds: 100 })
    const { id } = await makeJob(before.client)
    const waiting = await makeJob(before.client, { suffix: 'next' })
    // A run that has made no step yet, its thread still being started, may be too late to keep one.
    await becomes(before.jobs, id, 'running', 1)
    await before.worker.close()
    // as a kill in the middle of a line leaves it
    await writeFile(join(home, 'jobs', id, 'events.jsonl'), '{"id": "ftev', { flag: 'a' })
    const after = await startTraining(home, { steps: 20, milliseconds: 0 })
    await becomes(after.jobs, id, 'succeeded')
    await becomes(after.jobs, waiting.id, 'succeeded')
    const messages = await messagesOf(after.jobs, id)
    expect(messages).toContain('The worker was started again.')
    expect(messages.some((message) => /^Training goes on after step [1-9]/.test(message))).toBe(true)
    expect((await after.client.files.list()).data.length).toBe(1)
    const last = await startTraining(home)
    const { data: models } = await last.client.models.list()
    expect(models.length).toBe(3)
    expect(await messagesOf(last.jobs, id)).toEqual(messages)
  })
})

describe('what is refused before anything runs', () => {
  it.for<[string, string[], object, number, string]>([
    [
      'a line that is no JSON',
      [CONVERSATIONS[0] ?? '', '{"messages":'],
      {},
      400,
      'Line 2 of the training file',
    ],
    [
      'a field of a line',
      ['{"messages": [{"role": "user"}]}'],
      {},
      400,
      "Line 1 of the training file: 'messages.0.content'",
    ],
    ['another model', CONVERSATIONS, { model: 'gpt-9' }, 404, "trains 'fake-1m', not 'gpt-9'"],
    [
      'a setting',
      CONVERSATIONS,
      { method: { type: 'dpo', dpo: { hyperparameters: { beta: 0 } } } },
      400,
      "'method.dpo.hyperparameters.beta'",
    ],
    [
      'a file that is not there',
      CONVERSATIONS,
      { training_file: `file-${'0'.repeat(32)}` },
      404,
      'There is no file',
    ],
    [
      'an adapter elsewhere',
      CONVERSATIONS,
      { method: { type: 'dpo', dpo: { hyperparameters: { adapter: '../..' } } } },
      403,
      'not in the worker',
    ],
    [
      'data of one prompt alone',
      Array<string>(2).fill('{"prompt": "Rain.", "verifiers": {"form": [{"kind": "punctuation:no_comma"}]}}'),
      { method: { type: 'arl_rr' } },
      400,
      'has one prompt, and this arl_rr job needs 2',
    ],
    [
      'fewer prompts than parts',
      ['a', 'b'].map((prompt) => JSON.stringify({ prompt, responses: ['y', 'n'], winner: 'first' })),
      { method: { type: 'rubric_arm', rubric_arm: { hyperparameters: { recipe: 'small' } } } },
      400,
      'has 2 different prompts, and this rubric_arm job needs 3',
    ],
  ])('%s', async ([, lines, more, status, sentence]) => {
    const { client, jobs } = await startTraining(await newHome())
    const { id } = await upload(client, lines.join('\n'))
    const ask = { model: 'fake-1m', training_file: id, ...more }
    await expect(jobs.create(ask)).rejects.toMatchObject({
      status,
      message: expect.stringContaining(sentence),
    })
    expect((await jobs.list()).data).toEqual([])
  })

  it('names the line that is not UTF-8', async () => {
    const home = await newHome()
    const { worker, client, jobs } = await startTraining(home)
    const form = new FormData()
    form.set('purpose', 'fine-tune')
    form.set('file', new File([`${CONVERSATIONS[0]}\n`, new Uint8Array([0xff, 0xfe])], 'x.jsonl'))
    const { id } = JSON.parse(
      await (await fetch(`${worker.url}/v1/files`, { method: 'POST', body: form })).text(),
    )
    await expect(jobs.create({ model: 'fake-1m', training_file: id })).rejects.toThrow('Line 2')
    expect(await client.files.delete(id)).toEqual({ id, object: 'file', deleted: true })
  })
})
