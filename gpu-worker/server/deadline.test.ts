import { describe, expect, it } from 'vitest'
import { fakeEngine } from '../testing/fake-engine.ts'
import { eventsOf, post, start, until } from '../testing/running-worker.ts'

const hello = { model: 'fake-1m', messages: [{ role: 'user', content: 'What colour is the sky?' }] }
const pair = { prompt: 'Say something.', responses: ['other', 'GOOD'] }
const within = (milliseconds: number | string) => ({ headers: { 'x-deadline-ms': String(milliseconds) } })

describe('a deadline', () => {
  it.each([
    ['/v1/chat/completions', { ...hello, n: 3 }],
    ['/v1/chat/completions', { ...hello, stream: true }],
    ['/v1/judgments', pair],
    ['/v1/rewards', pair],
  ])('that passes ends the work for %s %j', async (path, body) => {
    const engine = fakeEngine({ delayMs: 800 })
    const worker = await start(engine, { queue: 1 })
    const before = performance.now()
    const reply = await post(worker, path, body, within(30))
    expect([reply.status, await reply.json()]).toMatchObject([504, { error: { code: 'deadline_exceeded' } }])
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(performance.now() - before).toBeLessThan(700)
    await until(() => engine.ended.length === engine.seen.length)
    expect(engine.ended).not.toContain('whole')
    // its place is free again
    expect((await post(worker, '/v1/chat/completions', { ...hello, max_tokens: 1 })).status).toBe(200)
  })

  it('that passes in a stream is its last event', async () => {
    const engine = fakeEngine({ delayMs: 150 })
    const worker = await start(engine)
    const events = await eventsOf(
      await post(worker, '/v1/chat/completions', { ...hello, stream: true }, within(500)),
    )
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ error: { code: 'deadline_exceeded' } })
    expect(engine.ended).toEqual(['aborted'])
    const slow = await start(fakeEngine({ delayMs: 900 }))
    const text = await (await post(slow, '/v1/judgments', { ...pair, stream: true }, within(500))).text()
    expect(text).toMatch(/event: error\ndata: .*deadline_exceeded/)
  })

  it('that is kept changes nothing', async () => {
    const worker = await start(fakeEngine())
    expect((await post(worker, '/v1/chat/completions', hello, within(5000))).status).toBe(200)
  })

  it.each(['0', '-1', '1.5', 'soon', '600001'])('of %s is refused', async (value) => {
    const reply = await post(await start(fakeEngine()), '/v1/chat/completions', hello, within(value))
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { param: 'X-Deadline-Ms' } }])
  })
})
