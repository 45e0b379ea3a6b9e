import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import { callLimit } from './call-limit.ts'
import { limitedFetch, type Outbound } from './limited-fetch.ts'
import { findEntry, parseModels } from './model-config.ts'

const base = { id: 'judge', base_url: 'http://one.test/v1', model: 'm', timeout_ms: 2000 }

function entryOf(change: object = {}) {
  return findEntry(parseModels({ PLUMBLINE_MODELS: JSON.stringify([{ ...base, ...change }]) }), undefined)
}

function outbound(fetch: Outbound['fetch'], change: Partial<Outbound> = {}): Outbound {
  return { fetch, environment: () => undefined, limit: callLimit(), ...change }
}

const send = (entry: ReturnType<typeof entryOf>, out: Outbound, signal?: AbortSignal) =>
  limitedFetch(entry, '/chat/completions', '{}', out, signal)

const sendAndRead = async (entry: ReturnType<typeof entryOf>, out: Outbound, signal?: AbortSignal) =>
  (await send(entry, out, signal)).text()

/** Answers nothing until its signal is aborted, as a real fetch does. */
const hang: Outbound['fetch'] = (_url, { signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted by the signal')))
  })

/** Bytes without end, a chunk every millisecond; `cancelled` tells whether they were let go. */
function endless(chunk: string) {
  const state = { cancelled: false }
  const bytes = new TextEncoder().encode(chunk)
  const fetch: Outbound['fetch'] = async () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          controller.enqueue(bytes)
        },
        cancel: () => {
          state.cancelled = true
        },
      }),
    )
  return { fetch, state }
}

const code = (code: string, transient: boolean) => expect.objectContaining({ code, transient })

describe('limitedFetch', () => {
  it('posts JSON with the key that the entry names', async () => {
    const seen: [string, RequestInit][] = []
    const out = outbound(
      async (url, init) => {
        seen.push([url, init])
        return new Response('ok', { status: 418 })
      },
      { environment: (name) => (name === 'K' ? 'the-key' : undefined) },
    )
    const reply = await send(entryOf({ key: 'K', base_url: 'http://one.test/v1/' }), out)
    expect([reply.status, await reply.text()]).toEqual([418, 'ok'])
    expect(seen[0]?.[0]).toBe('http://one.test/v1/chat/completions')
    expect(seen[0]?.[1]).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      headers: {
        authorization: 'Bearer the-key',
        'content-type': 'application/json',
        'X-Deadline-Ms': '2000',
      },
    })
    expect(seen[0]?.[1].headers).not.toHaveProperty('X-Caller')
  })

  it('holds calls to a model that says no limit back, and no place for calls that their own judgment holds back', async () => {
    const entry = entryOf()
    const state = { now: 0, peak: 0 }
    const slow: Outbound['fetch'] = async () => {
      state.peak = Math.max(state.peak, ++state.now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      state.now--
      return new Response('ok')
    }
    // one judgment of many calls comes first, and has one place of its own
    const wide = outbound(slow, { limit: callLimit(1) })
    const first = Array.from({ length: LIMITS.callsToAModel }, () => sendAndRead(entry, wide))
    const others = Array.from({ length: 400 }, () => sendAndRead(entry, outbound(slow)))
    await Promise.all(others)
    expect(state.peak).toBe(LIMITS.callsToAModel)
    await Promise.all(first)
  })

  it('gives up on a server that does not answer', async () => {
    await expect(send(entryOf({ timeout_ms: 20 }), outbound(hang))).rejects.toThrow(
      code('model_timeout', true),
    )
  })

  it('gives up on a server that sends for ever, by bytes', async () => {
    const { fetch, state } = endless('x'.repeat(1000))
    await expect(sendAndRead(entryOf(), outbound(fetch, { maxReplyBytes: 5000 }))).rejects.toThrow(
      code('reply_too_long', false),
    )
    expect(state.cancelled).toBe(true)
  })

  it('gives up on a server that sends for ever, by time', async () => {
    const { fetch, state } = endless(' ')
    await expect(sendAndRead(entryOf({ timeout_ms: 30 }), outbound(fetch))).rejects.toThrow(
      code('model_timeout', true),
    )
    expect(state.cancelled).toBe(true)
  })

  it('tells a lost connection from a timeout', async () => {
    const refused: Outbound['fetch'] = () => Promise.reject(new TypeError('fetch failed'))
    await expect(send(entryOf(), outbound(refused))).rejects.toThrow(code('model_unreachable', true))
    const broken: Outbound['fetch'] = async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }),
      )
    await expect(sendAndRead(entryOf(), outbound(broken))).rejects.toThrow(code('model_unreachable', true))
  })

  it("stops with the caller's reason, also while it waits for a place", async () => {
    const out = outbound(hang, { limit: callLimit(1) })
    const first = send(entryOf({ timeout_ms: 200 }), out)
    const caller = new AbortController()
    const second = send(entryOf(), out, caller.signal)
    // until then neither has asked for its place
    await new Promise((resolve) => setTimeout(resolve, 20))
    caller.abort(new PlumblineError('deadline_exceeded', 'The deadline has passed.', { transient: true }))
    const ended: string[] = []
    first.catch(() => ended.push('first'))
    second.catch(() => ended.push('second'))
    await expect(second).rejects.toThrow('The deadline has passed.')
    await expect(first).rejects.toThrow(code('model_timeout', true))
    expect(ended).toEqual(['second', 'first'])
    await expect(send(entryOf(), out, AbortSignal.abort())).rejects.toThrow(code('deadline_exceeded', true))
  })

  it('tries the next base URL only after a transport error, 429, 502, 503 or 504', async () => {
    const urls = ['http://one.test/v1', 'http://two.test/v1']
    const tried: string[] = []
    const answering = (first: () => Response): Outbound =>
      outbound(async (url) => {
        tried.push(new URL(url).host)
        return url.startsWith('http://one') ? first() : new Response('two')
      })
    const two = entryOf({ base_url: undefined, base_urls: urls })
    for (const status of [429, 502, 503, 504]) {
      const failing = answering(() => new Response('', { status }))
      expect(await sendAndRead(two, failing)).toBe('two')
    }
    expect(tried.splice(0)).toEqual(Array(4).fill(['one.test', 'two.test']).flat())
    const lost = () => {
      throw new TypeError('fetch failed')
    }
    expect(await sendAndRead(two, answering(lost))).toBe('two')
    expect(tried).toEqual(['one.test', 'two.test'])
    const refusing = await send(
      two,
      answering(() => new Response('', { status: 500 })),
    )
    expect(refusing.status).toBe(500)
    expect(tried).toHaveLength(3)
  })

  it('gives the last answer when every base URL fails', async () => {
    const two = entryOf({ base_url: undefined, base_urls: ['http://one.test/v1', 'http://two.test/v1'] })
    const reply = await send(
      two,
      outbound(async () => new Response('', { status: 502 })),
    )
    expect(reply.status).toBe(502)
  })

  it('follows no redirect', async () => {
    const away: Outbound['fetch'] = async () =>
      new Response(null, { status: 307, headers: { location: 'http://evil.test/v1' } })
    await expect(send(entryOf(), outbound(away))).rejects.toThrow(code('model_http_error', false))
  })

  it('keeps to the places of the judgment and of the entry until the bodies are read', async () => {
    let flying = 0
    let peak = 0
    const fetch: Outbound['fetch'] = async () => {
      flying++
      peak = Math.max(peak, flying)
      const body = new ReadableStream(
        {
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 2))
            flying--
            controller.enqueue(new TextEncoder().encode('x'))
            controller.close()
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(body)
    }
    const out = outbound(fetch)
    await Promise.all(Array.from({ length: 20 }, () => sendAndRead(entryOf(), out)))
    expect(peak).toBe(6)
    peak = 0
    const narrow = entryOf({ max_concurrent: 2 })
    await Promise.all(Array.from({ length: 9 }, () => sendAndRead(narrow, outbound(fetch))))
    expect(peak).toBe(2)
  })

  it('hands its place back however a call ends', async () => {
    const out = outbound(hang, { limit: callLimit(1) })
    await expect(send(entryOf({ timeout_ms: 5 }), out)).rejects.toThrow()
    const { fetch } = endless('x')
    const reply = await send(entryOf(), { ...out, fetch })
    await reply.body?.cancel()
    await expect(sendAndRead(entryOf(), { ...out, fetch, maxReplyBytes: 3 })).rejects.toThrow()
    expect(await sendAndRead(entryOf(), { ...out, fetch: async () => new Response('fine') })).toBe('fine')
  })
})
