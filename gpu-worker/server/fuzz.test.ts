import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorBody } from '../../shared/protocol/error.ts'
import { openSandbox } from '../sandbox/sandbox.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { workerApp } from './app.ts'
import { armPairs } from './arm-pairs.ts'
import { engineSlot } from './engine-slot.ts'
import { judgingPlaces } from './judging-places.ts'
import { PICKED } from './local-model.ts'
import { workerMemory } from './memory.ts'
import { createMetrics } from './metrics.ts'

const PATHS = [
  '/v1/chat/completions',
  '/v1/judgments',
  '/v1/rewards',
  '/v1/verify',
  '/v1/adapters',
  '/v1/load_lora_adapter',
  '/v1/unload_lora_adapter',
]

async function openApp() {
  const engine = Promise.resolve(fakeEngine({ context: 50 }))
  const slot = engineSlot(engine)
  await engine
  const metrics = createMetrics()
  const desk = {
    secret: 's',
    memory: workerMemory(),
    arms: armPairs(),
    methods: PICKED,
    place: judgingPlaces(),
    sandbox: await openSandbox(undefined),
    judged: metrics.judged,
  }
  const beside = { queue: 4, adapters: '/nonexistent', metrics, workshop: null, tracer: null }
  const access = { key: 'k' }
  return workerApp(slot, { access, metricsAccess: access, desk, ...beside })
}

const app = await openApp()

async function send(path: string, body: BodyInit): Promise<Response> {
  return app.request(path, { method: 'POST', body, headers: { authorization: 'Bearer k' } })
}

/** What is wrong with it is said in one sentence, and it is the caller's to mend. */
async function expectRefusalOrAnswer(reply: Response): Promise<void> {
  const text = await reply.text()
  if (reply.status < 300) return
  expect(reply.status, text).toBeLessThan(500)
  expect(errorBody.parse(JSON.parse(text)).error.message).toMatch(/\S.*\.$/s)
}

const messages = [{ role: 'user', content: 'Hi' }]
const VALID: Record<string, object> = {
  '/v1/chat/completions': { model: 'fake-1m', messages, n: 2, stop: ['a'], temperature: 0.5, seed: 1 },
  '/v1/judgments': { prompt: 'Hi', responses: ['a', 'b'], votes: 2, orders: 'mean' },
  '/v1/rewards': { prompt: 'Hi', responses: ['a', 'b', 'c'], anchor: 'all' },
  '/v1/adapters': { name: 'a', path: 'a' },
  '/v1/load_lora_adapter': { lora_name: 'a', lora_path: 'a' },
  '/v1/unload_lora_adapter': { lora_name: 'a' },
}
const path = fc.constantFrom(...PATHS)
const RUNS = { numRuns: 300 }

describe('a worker that is sent garbage', () => {
  it('refuses bytes', async () => {
    await fc.assert(
      fc.asyncProperty(path, fc.uint8Array({ maxLength: 200 }), async (where, bytes) =>
        expectRefusalOrAnswer(await send(where, new Uint8Array(bytes))),
      ),
      RUNS,
    )
  })

  it('refuses any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(path, fc.jsonValue(), async (where, value) =>
        expectRefusalOrAnswer(await send(where, JSON.stringify(value))),
      ),
      RUNS,
    )
  })

  it('refuses or answers a request with one field that is anything', async () => {
    const changed = path.chain((where) => {
      const body = VALID[where] ?? {}
      const fields = [...Object.keys(body), ...MORE_FIELDS]
      return fc
        .tuple(fc.constant(where), fc.constantFrom(...fields), fc.jsonValue())
        .map(([to, field, value]): [string, object] => [to, { ...body, [field]: value }])
    })
    await fc.assert(
      fc.asyncProperty(changed, async ([where, body]) =>
        expectRefusalOrAnswer(await send(where, JSON.stringify(body))),
      ),
      RUNS,
    )
  })

  it.each([
    ['[', 'invalid_json'],
    ['"a', 'invalid_json'],
    ['', 'invalid_json'],
    [new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 'invalid_json'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'invalid_request'],
    [
      JSON.stringify({ model: 'fake-1m', messages: [{ role: 'user', content: 'a'.repeat(1_000_001) }] }),
      'text_too_long',
    ],
    [
      JSON.stringify({ model: 'fake-1m', messages: [{ role: 'user', content: 'a '.repeat(400_000) }] }),
      'context_exceeded',
    ],
  ])('says %#', async (body, code) => {
    const reply = await send('/v1/chat/completions', body)
    expect(await reply.json()).toMatchObject({ error: { code } })
    const next = await send('/v1/chat/completions', JSON.stringify(VALID['/v1/chat/completions']))
    expect(await next.json()).toMatchObject({ object: 'chat.completion' })
  })
})

const MORE_FIELDS = [
  'model',
  'messages',
  'response_format',
  'structured_outputs',
  'guided_json',
  'logprobs',
  'stream_options',
  'top_logprobs',
  'max_tokens',
  'user',
  'rubric',
  'constraints',
  'meta_rubric',
  'protocol',
  'reference',
  'mode',
]
