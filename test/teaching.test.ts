import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyModel } from '../gpu-worker/train/testing/tiny-model.ts'
import { fineTuningJob } from '../shared/protocol/fine-tuning.ts'
import { readLabelledPair } from '../shared/protocol/training/rubric-arm.ts'
import type { CompletionRequest } from './model-server/completions.ts'
import { type ModelServer, startModelServer } from './model-server/model-server.ts'

/**
 * A teacher through the whole house: the edge in workerd, a worker with a model of random weights, killed while the
 * teacher writes, and a scripted server of the teacher.
 */
const RUBRIC = '1. The response says GOOD. [Principle]'
const PROMPTS = 12
/** Two pairs of each prompt, the better response now first and now second. */
const PAIRS = Array.from({ length: PROMPTS }, (_, index) => [
  { id: `${index}a`, prompt: `say ${index}`, responses: ['GOOD yes', 'bad no'], winner: 'first' },
  { id: `${index}b`, prompt: `say ${index}`, responses: ['bad very', 'GOOD well'], winner: 'second' },
]).flat()

/** Of the prompts by number: no rubric; rubrics by which it judges wrongly; a reply that is no JSON the first time. */
const [UNREADABLE, WRONG, FLAKY] = [2, 5, 7]
let broken = 0

function teacher({ model, messages }: CompletionRequest) {
  if (model !== 'teacher') return null
  const text = messages.map(({ content }) => content).join('\n')
  const number = Number(/say (\d+)/.exec(text)?.[1])
  const shown = /^A: (.*)$/m.exec(text)?.[1]
  if (shown === undefined) {
    if (number === FLAKY && broken++ === 0) return 'http-500'
    return { text: number === UNREADABLE ? 'Be good.' : `<think>Well.</think>\n${RUBRIC}` }
  }
  const winner = shown.startsWith('GOOD') === (number !== WRONG) ? 'A' : 'B'
  return { text: `1 ${winner}\nWinner: ${winner}` }
}

let home: string
let port: number
let service: ChildProcess
let said = ''
let client: OpenAI
let server: ModelServer

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
      PLUMBLINE_URL: server.url.replace(/\/v1$/, ''),
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

const over = (status: string) => ['succeeded', 'failed', 'paused'].includes(status)

async function jobOnce(id: string, holds: (status: string) => boolean) {
  for (;;) {
    const job = fineTuningJob.parse(await client.fineTuning.jobs.retrieve(id))
    if (holds(job.status)) return job
    await new Promise((go) => setTimeout(go, 50))
  }
}

async function answered(count: number): Promise<void> {
  while (server.calls.length < count) await new Promise((go) => setTimeout(go, 10))
}

async function create(hyperparameters: object, training_file?: string) {
  const [{ id: model = '' } = {}] = (await client.models.list()).data
  const lines = PAIRS.map((pair) => JSON.stringify(pair)).join('\n')
  const file = training_file ?? (await upload(lines))
  const response = await fetch(`http://localhost:${port}/v1/fine_tuning/jobs`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      training_file: file,
      method: { type: 'rubric_arm', rubric_arm: { hyperparameters } },
    }),
  })
  return fineTuningJob.parse(await response.json())
}

async function upload(text: string) {
  const file = await toFile(Buffer.from(text), 'pairs.jsonl')
  return (await client.files.create({ file, purpose: 'fine-tune' })).id
}

const role = { steps: 1, prompts: 1, group_size: 2, max_new_tokens: 4 }
const SETTINGS = {
  ...{ recipe: 'small', parts: 1, max_tokens: 480, lora: { rank: 2 }, judge: role, generator: role },
  warm_up: { teacher: { model: 'teacher', max_concurrent: 2 } },
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-teaching-'))
  server = await startModelServer({ delayMs: 60, script: teacher })
  const words = PAIRS.flatMap(({ prompt, responses }) => [prompt, ...responses])
  await tinyModel(join(home, 'tiny'), 1, [...words, RUBRIC, '1 A Winner: A B'])
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
  await server.close()
  await rm(home, { recursive: true })
}, 30_000)

test('a teacher is paused, killed with its worker, asked for nothing twice, and its words are filtered and kept', {
  timeout: 120_000,
}, async () => {
  const { id } = await create(SETTINGS)
  await answered(5)
  await client.fineTuning.jobs.pause(id)
  await jobOnce(id, over)
  const paused = server.calls.length
  await client.fineTuning.jobs.resume(id)
  await answered(paused + 6)
  await stop('SIGKILL')
  const journal = await readFile(join(home, 'jobs', id, 'teacher.jsonl'), 'utf8')
  await start()
  const job = await jobOnce(id, over)
  expect(job).toMatchObject({ status: 'succeeded', error: null })

  const asked = server.calls.map(({ request }) => JSON.stringify(request))
  // a rubric of each prompt, and two judgments of each that can be read
  expect(new Set(asked).size).toBe(PROMPTS + 2 * (PROMPTS - 1))
  // one reply was none; what was under way when the worker was killed is lost
  expect(asked.length).toBeLessThanOrEqual(new Set(asked).size + 1 + 2)
  expect(journal.split('\n').length).toBeGreaterThan(paused)

  const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 100 })
  const [first] = data.flatMap((event) => (event.type === 'metrics' ? [event.data] : [])).reverse()
  expect(first).toMatchObject({
    phase: 'warm_up_generator',
    metrics: {
      ...{ teacher_asked: 34, teacher_failed: 0, teacher_filtered: 4 },
      ...{ teacher_kept_rubrics: 10, teacher_kept_judgments: 20 },
    },
  })
  expect(data.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^The teacher 'teacher' was asked 34 times and failed 0 times, for \d+ prompt/),
  )

  const [result = ''] = job.result_files
  const kept = await (await client.files.content(result)).text()
  const lines = kept.trim().split('\n')
  const pairs = lines.map((line) => readLabelledPair(JSON.parse(line)))
  expect(pairs.map((pair) => pair.id)).toEqual(PAIRS.map((pair) => pair.id))
  const bare = pairs.flatMap(({ id, trajectory }) => (trajectory === null ? [id] : []))
  expect(bare).toEqual([UNREADABLE, WRONG].flatMap((number) => [`${number}a`, `${number}b`]))
  expect(pairs[0]?.trajectory).toMatchObject({ rubric: RUBRIC, text: expect.stringContaining('Winner: ') })

  // what was kept is data like any other: nobody is asked
  const calls = server.calls.length
  const again = await create({ ...SETTINGS, warm_up: {} }, result)
  expect(await jobOnce(again.id, over)).toMatchObject({ status: 'succeeded', result_files: [] })
  expect(server.calls.length).toBe(calls)
})

test('a teacher that fails everywhere ends the job with a sentence', { timeout: 60_000 }, async () => {
  const { id } = await create({ ...SETTINGS, warm_up: { teacher: { model: 'not-json' } } })
  const job = await jobOnce(id, over)
  expect(job).toMatchObject({
    status: 'failed',
    error: { message: expect.stringMatching(/^The teacher 'not-json' failed 8 times in a row: /) },
  })
})
