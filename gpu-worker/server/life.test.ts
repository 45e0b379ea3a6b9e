import { type Context, Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { follow, type Served } from './life.ts'

/** A route that counts how often its request's end was said. */
function watched(answer: (c: Context<Served>) => Response) {
  const app = new Hono<Served>()
  const told = { ends: 0 }
  app.get('/', follow, (c) => {
    c.get('life').onEnd(() => told.ends++)
    return answer(c)
  })
  return { told, ask: async (signal?: AbortSignal) => app.request('/', signal ? { signal } : {}) }
}

describe("a request's life ends once", () => {
  it('when its answer has been read', async () => {
    const { told, ask } = watched((c) => c.text('whole'))
    const reply = await ask()
    expect(told.ends).toBe(0)
    expect(await reply.text()).toBe('whole')
    expect(told.ends).toBe(1)
  })

  it('at once where there is nothing to read', async () => {
    const { told, ask } = watched((c) => c.body(null, 204))
    await ask()
    expect(told.ends).toBe(1)
  })

  it('when the caller hangs up, whether the answer is read or not', async () => {
    const caller = new AbortController()
    const { told, ask } = watched((c) => c.text('whole'))
    const reply = await ask(caller.signal)
    caller.abort()
    expect(told.ends).toBe(1)
    await reply.text()
    expect(told.ends).toBe(1)
  })

  it('where the caller had hung up before it began', async () => {
    const { told, ask } = watched((c) => c.text('whole'))
    await ask(AbortSignal.abort())
    expect(told.ends).toBe(1)
  })

  it('where what was thrown is no error, as the reasons of signals may be', async () => {
    const { told, ask } = watched(() => {
      throw 'gone'
    })
    await expect(ask()).rejects.toBe('gone')
    expect(told.ends).toBe(1)
  })
})
