import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type CompletionRequest, complete, completionRequest, said } from './completions.ts'
import { BROKEN_REPLIES, FAULTS, type Fault, faultOf } from './faults.ts'

/** One call that the server saw. */
export type SeenCall = { request: CompletionRequest; authorization: string | null }

export type ModelServer = {
  /** The base URL for a model entry. */
  url: string
  /** Every chat completion asked for since the last `reset`, in order of arrival. */
  calls: SeenCall[]
  /** The most chat completions in hand at one time since the last `reset`. */
  readonly peakInFlight: number
  /** Forgets what was seen. */
  reset(): void
  close(): Promise<void>
}

export type ModelServerOptions = {
  port?: number
  delayMs?: number
  /** What is said in the place of the opinion, or the fault that a call has; null leaves it as it is. */
  script?: (request: CompletionRequest) => { text: string } | Fault | null
}

/**
 * An OpenAI-compatible model server for tests and benches. It judges as `opinionatedModel` does (a response is
 * liked for saying GOOD, whichever place it has), the same each time; a model named after a fault has it.
 * `delayMs` is added to every answer.
 */
export async function startModelServer({
  port = 0,
  delayMs = 0,
  script = () => null,
}: ModelServerOptions = {}): Promise<ModelServer> {
  const calls: SeenCall[] = []
  let inFlight = 0
  let peak = 0
  const app = new Hono()
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: ['opinionated', ...FAULTS].map((id) => ({ id, object: 'model' })) }),
  )
  app.post('/v1/chat/completions', async (c) => {
    const parsed = completionRequest.safeParse(await c.req.json())
    if (!parsed.success) return c.json({ error: { message: parsed.error.message } }, 400)
    calls.push({ request: parsed.data, authorization: c.req.header('authorization') ?? null })
    peak = Math.max(peak, ++inFlight)
    try {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      const scripted = script(parsed.data)
      if (scripted !== null && typeof scripted !== 'string') return c.json(said(parsed.data, scripted.text))
      const fault = scripted ?? faultOf(parsed.data.model)
      const broken = fault === null ? undefined : BROKEN_REPLIES[fault]
      return broken ? await broken(c) : c.json(await complete(parsed.data, fault))
    } finally {
      inFlight--
    }
  })
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://127.0.0.1:${bound}/v1`,
    calls,
    get peakInFlight() {
      return peak
    },
    reset() {
      calls.length = 0
      peak = inFlight
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

if (import.meta.main) {
  const { url } = await startModelServer({ port: Number(process.env.PORT || 8799) })
  console.log(`The model server of the tests listens on ${url}; its faults are ${FAULTS.join(', ')}.`)
}
