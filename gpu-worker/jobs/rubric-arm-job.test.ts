import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { expect, it } from 'vitest'
import { fineTuningJob } from '../../shared/protocol/fine-tuning.ts'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import { SMALL_JUDGE } from '../../shared/rubric-arm/prompts/small-judge.ts'
import { SMALL_RUBRIC } from '../../shared/rubric-arm/prompts/small-rubric.ts'
import { openEngine } from '../generate/open-engine.ts'
import { post, serving, start } from '../testing/running-worker.ts'
import { newHome } from '../testing/training-worker.ts'
import { tinyModel } from '../train/testing/tiny-model.ts'
import type { ProgramSettings } from './program.ts'
import { PROGRAM, trainingThreads } from './training-thread.ts'

const RUBRIC = '1. The response is right. [Principle]'
const JUDGMENTS = { first: '1 A\nWinner: A', second: '1 B\nWinner: B' } as const
const PAIRS = ['Sky?', 'Grass?', 'Coal?', 'Snow?'].flatMap((prompt) =>
  (['first', 'second'] as const).map((winner) => ({
    ...{ prompt, responses: winner === 'first' ? ['right', 'wrong'] : ['wrong', 'right'], winner },
    ...{ rubric: RUBRIC, trajectory: JUDGMENTS[winner] },
  })),
)
/** A warm-up by heart, then one step of each role. */
const role = { prompts: 2, group_size: 2, steps: 1, max_new_tokens: 24 }
const taught = { epochs: 60, batch_size: 4, learning_rate: 2e-2 }
const hyperparameters = {
  ...{
    recipe: 'small',
    parts: 1,
    seed: 4,
    max_tokens: 448,
    checkpoint_every: 20,
    lora: { rank: 8, alpha: 16 },
  },
  ...{ judge: role, generator: role, warm_up: { judge: taught, generator: taught } },
}

async function open(home: string) {
  const adapters = join(home, 'adapters')
  const ground = { reference: `file:${join(home, 'model')}`, home, threads: 1 }
  const settings: ProgramSettings = { ground, adapters, service: null, python: undefined }
  const worker = await start(await openEngine(ground), {
    adapters,
    secret: 'hush',
    training: { home, start: trainingThreads(PROGRAM, settings) },
  })
  await serving(worker)
  const client = new OpenAI({ baseURL: `${worker.url}/v1`, apiKey: 'open', maxRetries: 0 })
  const ids: string[] = []
  for await (const { id } of client.models.list()) ids.push(id)
  const base = ids[0] ?? ''
  const judge = async (model: string) => {
    const body = { prompt: 'Sky?', responses: ['right', 'wrong'], protocol: 'rubric-arm', model }
    return pairJudgment.parse(await (await post(worker, '/v1/judgments', body)).json())
  }
  return { worker, client, jobs: client.fineTuning.jobs, base, ids, judge }
}

// Seconds; more where the machine is busy.
it('trains a generator and a judge that judge as one model, by the next worker too', async () => {
  const home = await newHome()
  await mkdir(join(home, 'adapters'))
  const texts = PAIRS.flatMap(({ prompt, responses }) => [prompt, ...responses])
  const prompts = [SMALL_JUDGE, SMALL_RUBRIC].flatMap(({ system, user }) => [system ?? '', user])
  const labels = 'Request: Rubric: A: B:'
  await tinyModel(join(home, 'model'), 1, [...texts, ...prompts, labels, RUBRIC, ...Object.values(JUDGMENTS)])
  const { worker, client, jobs, base, judge } = await open(home)
  const lines = PAIRS.map((pair) => JSON.stringify(pair)).join('\n')
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines), 'pairs.jsonl'),
    purpose: 'fine-tune',
  })
  const method = { type: 'rubric_arm', rubric_arm: { hyperparameters } }
  const made = await client.post<object>('/fine_tuning/jobs', {
    body: { model: base, training_file: file.id, suffix: 'arm', method },
  })
  const { id } = fineTuningJob.parse(made)
  let job = fineTuningJob.parse(made)
  while (job.status === 'queued' || job.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    job = fineTuningJob.parse(await jobs.retrieve(id))
  }
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  const name = `${base}:ft-arm-${id.slice(6, 18)}`
  expect(job.fine_tuned_models).toEqual({
    ...{ rubric_arm: name, judge: `${name}-judge`, generator: `${name}-generator` },
  })
  expect(job.fine_tuned_model).toBe(name)
  const first = await judge(name)
  expect(first).toMatchObject({ model: name, winner: 'first', error: null, usage: { judge_calls: 3 } })
  expect(first.rubric?.criteria).toMatchObject([{ title: 'The response is right.' }])
  await worker.close()

  const next = await open(home)
  expect(next.ids).toEqual(expect.arrayContaining(Object.values(job.fine_tuned_models)))
  const { model, winner, rubric, error } = first
  expect(await next.judge(name)).toMatchObject({ model, winner, rubric, error })
}, 120_000)
