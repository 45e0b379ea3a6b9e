import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { GenerateEvent, GenerateRequest } from './engine.ts'
import { remoteEngine } from './remote-engine.ts'
import { ThreadClient } from './thread-client.ts'

const MODEL = {
  id: 'none',
  digest: '',
  context: 8,
  vocabulary: 8,
  family: 'none',
  precision: 'float32',
} as const
const QUESTION = { messages: [{ role: 'user' as const, content: '?' }], choices: ['a'] }
const REQUEST: GenerateRequest = {
  messages: QUESTION.messages,
  maxTokens: 2,
  temperature: 0,
  topP: 1,
  seed: 0,
  stop: [],
  topLogprobs: 0,
}

/** A thread that runs this code for every message, with `say` to answer. */
function threadThat(code: string): ThreadClient {
  const source = `
    const { parentPort } = require('node:worker_threads')
    const say = (...messages) => parentPort.postMessage(messages)
    parentPort.on('message', (message) => { ${code} })
    say({ kind: 'ready', model: null })`
  return new ThreadClient(new Worker(source, { eval: true }), () => {})
}

test('a thread that dies fails what waits for it and whatever comes, with a sentence', async () => {
  const client = threadThat('if (message.kind === "choose") process.exit(3)')
  const engine = remoteEngine(client, MODEL, 4)
  const reply = (async () => {
    for await (const _ of engine.generate(REQUEST));
  })()
  const failures = await Promise.allSettled([reply, engine.choose(QUESTION)])
  const reason = { message: "The engine's thread ended (exit 3); restart the worker." }
  expect(failures).toMatchObject([{ reason }, { reason }])
  await expect(engine.choose(QUESTION)).rejects.toMatchObject(reason)
  expect(await engine.failure).toMatchObject(reason)
  expect(engine.load).toEqual({ queued: 0, running: 0 })
  await engine.close()
})

test('load counts what waits and what has begun; more than may wait is refused', async () => {
  const client = threadThat(`
    if (message.kind === 'choose' && message.id === 0) say({ kind: 'started', id: 0 })
    if (message.kind === 'abort') say({ kind: 'error', id: message.id, error: { code: 'internal', message: 'given up', transient: false } })
    if (message.kind === 'close') process.exit()`)
  const engine = remoteEngine(client, MODEL, 3)
  const leave = new AbortController()
  const calls = [{}, {}, { signal: leave.signal }].map((options) =>
    engine.choose({ ...QUESTION, ...options }),
  )
  await expect.poll(() => engine.load).toEqual({ queued: 2, running: 1 })
  calls.push(engine.choose(QUESTION))
  await expect(engine.choose(QUESTION)).rejects.toMatchObject({ code: 'overloaded', transient: true })
  leave.abort(new Error('enough'))
  await expect(calls[2]).rejects.toThrow('enough')
  expect(engine.load).toEqual({ queued: 2, running: 1 })
  const failures = Promise.allSettled(calls)
  await engine.close()
  const reason = { message: 'The engine was closed; open it again.' }
  expect(await failures).toMatchObject([{ reason }, { reason }, {}, { reason }])
})

test('events arrive in order and statistics are at hand', async () => {
  const stats = {
    tokens: { prompt: 1, cached: 2, completion: 3 },
    passes: { count: 4, rows: 5, tokens: 6, milliseconds: 7 },
    kv: { running: 8, cached: 9, limit: 10 },
    prefix: { hits: 11, misses: 12, evictions: 13 },
  }
  const client = threadThat(`
    const { id } = message
    const event = (text) => ({ kind: 'event', id, event: { type: 'token', text } })
    if (message.kind === 'close') process.exit()
    say({ kind: 'started', id }, event('a'), event('b'))
    say(event('c'), { kind: 'stats', stats: ${JSON.stringify(stats)} }, { kind: 'done', id, result: null })`)
  const engine = remoteEngine(client, MODEL, 2)
  expect(engine.stats().kv.limit).toBe(0)
  const events: GenerateEvent[] = []
  for await (const event of engine.generate(REQUEST)) events.push(event)
  expect(events.map(({ text }) => text).join('')).toBe('abc')
  expect(engine.stats()).toEqual(stats)
  await engine.close()
})
