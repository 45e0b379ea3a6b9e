import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { eventBytes, type ServerEvent } from './event-bytes.ts'
import { judgeChunks } from './judges/judge-completion.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const HEAD = { id: 'chatcmpl-1', created: 0, model: 'm' }

describe('a stream of events', () => {
  it('is kept open by comments while none is made, and loses none', async () => {
    async function* events(): AsyncGenerator<ServerEvent, void> {
      yield { name: 'first', data: { at: 1 } }
      await pause(100)
      yield { data: '[DONE]' }
    }
    const text = await new Response(eventBytes(events(), 20)).text()
    expect(text).toMatch(/^event: first\ndata: \{"at":1\}\n\n(?:: still waiting\n\n){2,}data: \[DONE\]\n\n$/)
  })

  it('ends their making when its reader leaves', async () => {
    let ended = false
    async function* events(): AsyncGenerator<ServerEvent, void> {
      try {
        for (;;) yield { data: {} }
      } finally {
        ended = true
      }
    }
    const reader = eventBytes(events()).getReader()
    await reader.read()
    await reader.cancel()
    expect(ended).toBe(true)
  })

  it('says why there is no verdict where that comes out late', async () => {
    const late = pause(50).then(() => {
      throw new PlumblineError('model_timeout', 'It took too long.')
    })
    const text = await new Response(eventBytes(judgeChunks(HEAD, late, 1, false), 20)).text()
    const events = text.split('\n\n').filter((line) => line.startsWith('data: '))
    expect(events.map((event) => JSON.parse(event.slice('data: '.length)))).toEqual([
      { error: { code: 'model_timeout', message: 'It took too long.', type: 'service' } },
    ])
    expect(text).toMatch(/^: still waiting\n/)
  })
})
