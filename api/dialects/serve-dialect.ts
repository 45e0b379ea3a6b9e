import { type Context, Hono } from 'hono'
import { DEADLINE_HEADER, readDeadline } from '../../shared/protocol/deadline.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Call } from '../judging/call.ts'
import type { Edge } from '../middleware/edge.ts'
import { refusal, withHeaders } from '../middleware/errors.ts'
import { readJson } from '../routes/body.ts'
import { describeDialect } from './describe.ts'
import type { Dialect, Scorer } from './dialect.ts'
import { refuseTooMany } from './refuse-too-many.ts'
import type { Scored } from './sample.ts'
import { type DialectSettings, readSettings } from './settings.ts'

/** What a URL says of how its bodies are to be rewarded. */
export type Asked = {
  settings: DialectSettings
  call: Call
  /** The id of the run whose URL it is. */
  run: string | null
  /** How long the client waits, milliseconds; null where nobody knows. */
  patienceMs: number | null
  /** The client never sends the call again. */
  once: boolean
  /** Aborted when the client hangs up. */
  signal: AbortSignal
}

/** The way in which bodies of one URL are rewarded. */
export type ScorerOf = (asked: Asked) => Scorer

/** `GET` and `POST` of a dialect's URL. The id of a run, if it has one, is its parameter `run`. */
export function serveDialect(dialect: Dialect, scorerOf: ScorerOf) {
  return new Hono<Edge>()
    .get('/', (c) => c.json(describeDialect(dialect, c.req.url, settingsOf(dialect, c))))
    .on([...(dialect.methods ?? ['POST'])], '/', (c) => answerBody(dialect, c, scorerOf))
}

/** The answer to a body in this dialect; errors are told as its client reads them. */
export async function answerBody(
  dialect: Dialect,
  c: Context<Edge>,
  scorerOf: ScorerOf,
  read: () => Promise<unknown> = () => readJson(c),
): Promise<Response> {
  try {
    const settings = settingsOf(dialect, c)
    const score = scorerOf({
      ...{ settings, call: c.get('call'), run: c.req.param('run') ?? null },
      ...{ patienceMs: patienceOf(dialect, c), once: dialect.once ?? false, signal: c.req.raw.signal },
    })
    let scored: Scored[] = []
    const within: Scorer = async (samples) => {
      refuseTooMany(samples, settings, dialect)
      scored = await score(samples)
      return scored
    }
    const { body, headers, status } = await dialect.answer(await read(), settings, within)
    const told = { ...headers, ...groupHeaders(scored) }
    return withHeaders(c, Response.json(body, { status: status ?? 200, headers: told }))
  } catch (error) {
    if (!dialect.refuse || !PlumblineError.isInstance(error)) throw error
    const { body, status } = dialect.refuse(error)
    return withHeaders(c, Response.json(body, { status, headers: refusal(error).headers }))
  }
}

/** How long the client of this call waits, milliseconds: as it says itself, else as its kind does. */
function patienceOf({ patienceMs }: Dialect, c: Context<Edge>): number | null {
  return readDeadline(c.req.header(DEADLINE_HEADER)) ?? patienceMs
}

/** Which groups of a run the samples are in and by which classes, and the places of those that came late or are masked. */
function groupHeaders(scored: readonly Scored[]): Record<string, string> {
  const groups = scored.map(({ group }) => group?.id)
  if (groups.every((id) => id === undefined)) return {}
  const late = scored.flatMap(({ group }, at) => (group?.late ? [at] : []))
  const masked = scored.flatMap(({ group }, at) => (group?.masked ? [at] : []))
  const classes = new Set(scored.flatMap(({ group }) => group?.meta_class ?? []))
  return {
    'x-plumbline-groups': [...new Set(groups)].join(','),
    ...(late.length > 0 && { 'x-plumbline-late': late.join(',') }),
    ...(classes.size > 0 && { 'x-plumbline-meta-class': [...classes].join(',') }),
    ...(masked.length > 0 && { 'x-plumbline-masked': masked.join(',') }),
  }
}

/** What the query of a URL says to this dialect. */
export function settingsOf({ alone, settings: own }: Dialect, c: Context<Edge>): DialectSettings {
  return readSettings(c.req.query(), own, alone)
}
