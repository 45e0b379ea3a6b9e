import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../protocol/error.ts'
import { createTracer } from './tracer.ts'

type Sent = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  status: { code?: number }
}

/** A tracer whose collector answers as `answer` says; what is due is sent when the test says so. */
function openTracer({ ratio = 1, answer = async () => new Response('{}') } = {}) {
  const sent: Sent[] = []
  const complaints: string[] = []
  const due: (() => Promise<void>)[] = []
  let clock = 1_800_000_000_000
  let calls = 0
  const settings = { url: 'http://collector.test/v1/traces', headers: {}, service: 's', ratio }
  const tracer = createTracer(settings, {
    async fetch(_url, init) {
      calls++
      const { resourceSpans } = JSON.parse(await new Response(init.body).text())
      sent.push(...resourceSpans[0].scopeSpans[0].spans)
      return answer()
    },
    now: () => clock++,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    deliver: (flush) => void due.push(flush),
    complain: (sentence) => void complaints.push(sentence),
  })
  return { tracer, sent, complaints, due, calls: () => calls, names: () => sent.map(({ name }) => name) }
}

describe('a tracer', () => {
  it('hands the failure of work on, and marks every span around it by its code alone', async () => {
    const { tracer, sent } = openTracer()
    const failure = new PlumblineError('model_timeout', 'Quotes what was judged.')
    const work = tracer.begin('outer', null, (trace) =>
      trace.span('inner', async () => {
        throw failure
      }),
    )
    await expect(work).rejects.toBe(failure)
    await tracer.flush()
    expect(sent.map(({ name, status }) => [name, status.code])).toEqual([
      ['inner', 2],
      ['outer', 2],
    ])
    expect(JSON.stringify(sent)).toContain('model_timeout')
    expect(JSON.stringify(sent)).not.toContain('Quotes')
  })

  it('has spans sent when their work ends, and again for what goes on after it', async () => {
    const { tracer, due, names } = openTracer()
    let finish: () => void = () => {}
    const rest = new Promise<void>((resolve) => {
      finish = resolve
    })
    let streaming: Promise<void> | undefined
    await tracer.begin('request', null, async (trace) => {
      await trace.span('step', async () => {})
      streaming = trace.span('stream', () => rest)
    })
    expect(due).toHaveLength(1)
    await due[0]?.()
    expect(names()).toEqual(['step', 'request'])
    finish()
    await streaming
    expect(due).toHaveLength(2)
    await due[1]?.()
    expect(names()).toEqual(['step', 'request', 'stream'])
  })

  it('keeps no trace of its own at a share of 0, but one that its caller keeps', async () => {
    const { tracer, names } = openTracer({ ratio: 0 })
    const own = await tracer.begin('own', null, async ({ traceparent }) => traceparent)
    expect(own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    const header = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await tracer.begin('kept', header, async () => {})
    await tracer.flush()
    expect(names()).toEqual(['kept'])
  })

  it.each([
    '',
    'x'.repeat(10_000),
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  ])('begins a trace where the header is no traceparent', async (header) => {
    const { tracer, sent } = openTracer()
    await tracer.begin('own', header, async () => {})
    await tracer.flush()
    expect(sent[0]?.parentSpanId).toBeUndefined()
    expect(sent[0]?.traceId).toMatch(/^(?!0{32})(?!a{32})[0-9a-f]{32}$/)
  })
})

describe('what a collector does not take', () => {
  it.each<[string, () => Promise<Response>]>([
    ['refuses', async () => new Response('no', { status: 503 })],
    ['is out of reach', () => Promise.reject(new TypeError('connection refused'))],
  ])('is dropped where it %s, and said once', async (_how, refuse) => {
    let refusing = true
    const answer = async () => (refusing ? refuse() : new Response('{}'))
    const { tracer, complaints, calls } = openTracer({ answer })
    const call = async () => {
      await tracer.begin('call', null, async () => {})
      await tracer.flush()
    }
    await call()
    await call()
    expect(complaints).toEqual([
      "Traces can't be sent to http://collector.test/v1/traces and are dropped until they can.",
    ])
    refusing = false
    await call()
    refusing = true
    await call()
    expect(complaints).toHaveLength(2)
    expect(calls()).toBe(4)
  })

  it('is dropped where it never answers, so that waiting spans do not grow', async () => {
    const { tracer, calls } = openTracer({ answer: () => new Promise<Response>(() => {}) })
    await tracer.begin('many', null, async (trace) => {
      for (let index = 0; index < 512 * 20; index++) trace.past('step', 1, 2)
    })
    void tracer.flush()
    expect(calls()).toBe(4)
  })
})
