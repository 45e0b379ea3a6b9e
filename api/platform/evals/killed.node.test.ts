import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { startModelServer } from '../../../test/model-server/model-server.ts'

const entry = fileURLToPath(new URL('../server/node.ts', import.meta.url))
const ROWS = 40

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** The Node entry as a process of its own, whose home outlives it. */
async function start(home: string, modelUrl: string) {
  const models = [{ id: 'opinionated', base_url: modelUrl, model: 'opinionated' }]
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      PLUMBLINE_HOME: home,
      PLUMBLINE_OPEN: '1',
      PLUMBLINE_MODELS: JSON.stringify(models),
      PLUMBLINE_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closing.push(() => end(child, 'SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const [, port] = /:(\d+)\s*$/.exec(String(line)) ?? []
  const client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1` })
  return { child, client }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a run whose process gets %s loses no graded row',
  async (signal) => {
    const home = mkdtempSync(join(tmpdir(), 'plumbline-'))
    closing.push(() => rmSync(home, { recursive: true, force: true }))
    const models = await startModelServer({ delayMs: 60 })
    closing.push(() => models.close())
    const first = await start(home, models.url)
    const { id: eval_id } = await first.client.evals.create({
      data_source_config: { type: 'custom', item_schema: { type: 'object' } },
      testing_criteria: [
        { type: 'string_check', name: 'c', input: '{{item.n}}', reference: '{{item.n}}', operation: 'eq' },
      ],
    })
    const content = Array.from({ length: ROWS }, (_, n) => ({ item: { n: `${n}` } }))
    const { id } = await first.client.evals.runs.create(eval_id, {
      data_source: {
        type: 'completions',
        model: 'opinionated',
        source: { type: 'file_content', content },
        input_messages: { type: 'template', template: [{ role: 'user', content: '{{item.n}}' }] },
      },
    })
    const before = await itemsOf(first.client, 8)
    await end(first.child, signal)
    const made = models.calls.length
    expect(made).toBeLessThan(ROWS)

    // A process that starts goes on by itself: nobody reads the run until its calls have been made.
    const second = await start(home, models.url)
    await expect.poll(() => models.calls.length - made, { timeout: 10_000 }).toBeGreaterThan(0)
    await expect
      .poll(async () => (await second.client.evals.runs.retrieve(id, { eval_id })).status, {
        timeout: 10_000,
      })
      .toBe('completed')
    const run = await second.client.evals.runs.retrieve(id, { eval_id })
    expect(run.result_counts).toEqual({ total: ROWS, passed: ROWS, failed: 0, errored: 0 })
    const after = await itemsOf(second.client, ROWS)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.map(({ datasource_item_id }) => datasource_item_id)).toEqual(content.map((_, n) => n))
    // Only rows that were under way are asked about again.
    expect(models.calls.length).toBeLessThanOrEqual(ROWS + 8)
    expect(run.per_model_usage[0]?.invocation_count).toBe(ROWS)

    async function itemsOf(client: OpenAI, least: number) {
      for (;;) {
        const { data } = await client.evals.runs.outputItems.list(id, { eval_id, limit: 100 })
        if (data.length >= least) return data
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  },
  30_000,
)
