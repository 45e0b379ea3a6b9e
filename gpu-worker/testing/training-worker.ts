import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterEach } from 'vitest'
import type { CountingSettings } from '../jobs/testing/counting-program.ts'
import { trainingThreads } from '../jobs/training-thread.ts'
import type { Worker } from '../worker.ts'
import { fakeEngine } from './fake-engine.ts'
import { serving, start } from './running-worker.ts'

const PROGRAM = new URL('../jobs/testing/counting-program.ts', import.meta.url)

const homes: string[] = []
const workers: Worker[] = []

afterEach(async () => {
  // A worker that still trains writes to its home.
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true })
})

/** A home folder that is gone after the test. */
export async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'plumbline-jobs-'))
  homes.push(home)
  return home
}

/** A worker whose jobs count, and the official client of it. */
export async function startTraining(home: string, settings: Partial<CountingSettings> = {}) {
  const engine = fakeEngine()
  const counting: CountingSettings = { steps: 6, milliseconds: 5, ...settings }
  const worker = await start(engine, {
    training: { home, start: trainingThreads(PROGRAM, counting) },
    adapters: join(home, 'adapters'),
  })
  workers.push(worker)
  await serving(worker)
  const client = new OpenAI({ baseURL: `${worker.url}/v1`, apiKey: 'open', maxRetries: 0 })
  return { worker, engine, client, jobs: client.fineTuning.jobs }
}

/** Conversations of a question and its answer. */
export const CONVERSATIONS = ['Hi.', 'Yes.', 'No.'].map((content) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: 'Well?' },
      { role: 'assistant', content },
    ],
  }),
)

export async function upload(client: OpenAI, text = CONVERSATIONS.join('\n'), name = 'data.jsonl') {
  return client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'fine-tune' })
}
