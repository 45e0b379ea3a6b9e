import { Hono } from 'hono'
import type { Call } from '../judging/call.ts'
import type { Edge } from '../middleware/edge.ts'
import { readJson } from '../routes/body.ts'
import { describeDialect } from './describe.ts'
import type { Dialect, Scorer } from './dialect.ts'
import { type DialectSettings, readSettings } from './settings.ts'

/** What a URL says of how its bodies are to be rewarded. */
export type Asked = {
  settings: DialectSettings
  call: Call
  /** The id of the run whose URL it is. */
  run: string | null
  /** How long the client waits, milliseconds; null where nobody knows. */
  patienceMs: number | null
  /** Aborted when the client hangs up. */
  signal: AbortSignal
}

/** The way in which bodies of one URL are rewarded. */
export type ScorerOf = (asked: Asked) => Scorer

/** `GET` and `POST` of a dialect's URL. The id of a run, if it has one, is its parameter `run`. */
export function serveDialect(dialect: Dialect, scorerOf: ScorerOf) {
  return new Hono<Edge>()
    .get('/', (c) => c.json(describeDialect(dialect, c.req.url, readSettings(c.req.query()))))
    .post('/', async (c) => {
      const settings = readSettings(c.req.query())
      const score = scorerOf({
        ...{ settings, call: c.get('call'), run: c.req.param('run') ?? null },
        ...{ patienceMs: dialect.patienceMs, signal: c.req.raw.signal },
      })
      const { body, headers, status } = await dialect.answer(await readJson(c), settings, score)
      return Response.json(body, { status: status ?? 200, headers: { ...headers } })
    })
}
