import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyModel } from '../gpu-worker/train/testing/tiny-model.ts'
import { fineTuningJob } from '../shared/protocol/fine-tuning.ts'

/** A job through the whole house: the edge in workerd, a worker with a model of random weights, killed on the way. */
const ANSWERS = { sky: 'blue', grass: 'green', snow: 'white', coal: 'black' }
const LINES = Object.entries(ANSWERS).flatMap(([thing, colour]) =>
  Array.from({ length: 3 }, () => ({
    messages: [
      { role: 'user', content: `what colour has the ${thing}` },
      { role: 'assistant', content: `the ${thing} is ${colour}` },
    ],
  })),
)

let home: string
let port: number
let service: ChildProcess
let said = ''
let client: OpenAI

async function start(): Promise<void> {
  said = ''
  const model = `file:${join(home, 'tiny')}`
  service = spawn(process.execPath, ['cli/plumbline.ts', 'start', '--port', String(port), '--model', model], {
    env: {
      ...process.env,
      PLUMBLINE_MODELS: '',
      PLUMBLINE_API_KEYS: '',
      PLUMBLINE_HOME: home,
      PLUMBLINE_TRAINING_THREADS: '1',
    },
    // a group of its own, so that a test can kill the launcher, the edge and the worker at once
    detached: true,
  })
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (chunk) => (said += chunk))
  while (!said.includes('curl')) {
    if (service.exitCode !== null) throw new Error(`plumbline start ended: ${said}`)
    await new Promise((go) => setTimeout(go, 50))
  }
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  const ended = once(service, 'close')
  process.kill(-(service.pid ?? Number.NaN), signal)
  await ended
}

/** The job once this holds of it. */
async function jobOnce(id: string, holds: (job: ReturnType<typeof fineTuningJob.parse>) => boolean) {
  for (;;) {
    const job = fineTuningJob.parse(await client.fineTuning.jobs.retrieve(id))
    if (holds(job)) return job
    if (job.status === 'failed') throw new Error(`The job failed: ${job.error?.message}`)
    await new Promise((go) => setTimeout(go, 100))
  }
}

/** Listens until a step has been made: a run of so small a model is over before a poll finds it. */
async function stepMade(id: string, step: number): Promise<void> {
  const reply = await fetch(`http://localhost:${port}/v1/fine_tuning/jobs/${id}/events?stream=true`)
  let text = ''
  for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if ([...text.matchAll(/"data":\{"step":(\d+)/g)].some(([, made]) => Number(made) >= step)) return
  }
  throw new Error(`The stream ended before step ${step}.`)
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-training-jobs-'))
  const words = LINES.flatMap(({ messages }) => messages.map(({ content }) => content))
  await tinyModel(join(home, 'tiny'), 1, words)
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  port = typeof address === 'object' && address ? address.port : 0
  probe.close()
  client = new OpenAI({ baseURL: `http://localhost:${port}/v1`, apiKey: 'none', maxRetries: 3 })
  await start()
}, 60_000)

afterAll(async () => {
  await stop('SIGTERM')
  await rm(home, { recursive: true })
}, 30_000)

test('a job is watched, paused, killed with its worker, found again, and what it learnt is served', {
  timeout: 120_000,
}, async () => {
  const [{ id: model = '' } = {}] = (await client.models.list()).data
  const text = LINES.map((line) => JSON.stringify(line)).join('\n')
  const file = await client.files.create({
    file: await toFile(Buffer.from(text), 'colours.jsonl'),
    purpose: 'fine-tune',
  })
  const hyperparameters = {
    ...{ n_epochs: 150, batch_size: 4, checkpoint_every: 25, max_tokens: 64 },
    ...{ lora: { rank: 16 }, optimiser: { learning_rate: 0.01 } },
  }
  const { id } = await client.fineTuning.jobs.create({
    model,
    training_file: file.id,
    suffix: 'colours',
    method: { type: 'supervised', supervised: { hyperparameters } },
  })
  await stepMade(id, 30)
  await client.fineTuning.jobs.pause(id)
  const paused = await jobOnce(id, ({ status }) => status === 'paused')
  expect(paused.progress.step).toBeLessThan(450)
  await client.fineTuning.jobs.resume(id)
  await stepMade(id, paused.progress.step + 30)

  await stop('SIGKILL')
  await start()
  const found = await jobOnce(id, ({ status }) => status === 'running' || status === 'succeeded')
  expect(found.progress.step).toBeGreaterThanOrEqual(paused.progress.step)
  const stream = await fetch(`http://localhost:${port}/v1/fine_tuning/jobs/${id}/events?stream=true`)
  const told = [...(await stream.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
  const done = fineTuningJob.parse(told.at(-1))
  expect(done).toMatchObject({ id, status: 'succeeded', progress: { step: 450, steps: 450 } })
  const steps: number[] = told.flatMap(({ type, data }) => (type === 'metrics' ? data.step : []))
  expect(new Set(steps).size).toBe(450)
  const messages = told.map(({ message }) => message)
  expect(messages).toContain('The worker was started again.')
  expect(messages).toContainEqual(
    expect.stringMatching(/^Trains in float32 on cpu with 1 of \d+ threads .*ONNX Runtime 1\./),
  )
  // it went on from its checkpoint of step 25 or later, so that few steps were made twice
  expect(steps.length).toBeLessThan(450 + 26)

  const ask = (name: string) =>
    client.chat.completions.create({
      model: name,
      messages: [{ role: 'user', content: 'what colour has the grass' }],
      temperature: 0,
      max_tokens: 8,
    })
  expect(done.fine_tuned_model).toMatch(new RegExp(`^${model}:ft-colours-`))
  const answer = await ask(done.fine_tuned_model ?? '')
  expect(answer.choices[0]?.message.content).toBe('the grass is green')
  expect((await ask(model)).choices[0]?.message.content).not.toBe('the grass is green')
})

test('a job that had nothing to learn from succeeds with a warning', { timeout: 60_000 }, async () => {
  const [{ id: model = '' } = {}] = (await client.models.list()).data
  const completions = ['blue', 'green'].map((text) => ({ text, reward: 1 }))
  const line = JSON.stringify({ prompt: 'what colour has the sky', completions })
  const file = await client.files.create({
    file: await toFile(Buffer.from(line), 'alike.jsonl'),
    purpose: 'fine-tune',
  })
  const response = await fetch(`http://localhost:${port}/v1/fine_tuning/jobs`, {
    method: 'POST',
    body: JSON.stringify({ model, training_file: file.id, method: { type: 'recorded' } }),
  })
  const { id } = fineTuningJob.parse(await response.json())
  await jobOnce(id, ({ status }) => status === 'succeeded')
  const { data } = await client.fineTuning.jobs.listEvents(id)
  const warnings = data.filter(({ level }) => level === 'warn').map(({ message }) => message)
  expect(warnings).toEqual([expect.stringMatching(/^Nothing was learnt/)])
})
