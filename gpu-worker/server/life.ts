import type { Context, MiddlewareHandler } from 'hono'
import { CALLER_HEADER } from '../../shared/protocol/caller.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'

/** One request, from its arrival until its answer's body has been sent or the caller has hung up. */
export type Life = {
  /** Aborts when the caller hangs up or the work is stopped: what is done for this request ends then. */
  signal: AbortSignal
  /** Ends the work, for a reason that the caller is told. */
  stop(reason: Error): void
  onEnd(action: () => void): void
}

/** What middleware puts beside a request for the routes to read. */
export type Served = { Variables: { life: Life; trace?: Trace } }

/** Puts the request's life beside it. What was to be done at its end is done once, however it ends. */
export const follow: MiddlewareHandler<Served> = async (c, next) => {
  const hungUp = c.req.raw.signal
  const work = new AbortController()
  const atEnd: (() => void)[] = []
  const end = () => {
    for (const action of atEnd.splice(0)) action()
  }
  const leave = () => {
    work.abort(hungUp.reason)
    end()
  }
  hungUp.addEventListener('abort', leave)
  atEnd.push(() => hungUp.removeEventListener('abort', leave))
  c.set('life', {
    signal: work.signal,
    stop: (reason) => work.abort(reason),
    onEnd: (action) => void atEnd.push(action),
  })
  try {
    await next()
  } catch (reason) {
    // What a hung-up request's signal throws is no Error, which Hono hands on.
    end()
    throw reason
  }
  if (c.res.body === null || hungUp.aborted) return end()
  c.res = new Response(c.res.body.pipeThrough(new TransformStream({ flush: end })), c.res)
}

/** A longer name is cut: it grants nothing and is never shown. */
export const CALLER_CHARACTERS = 128

/** The organisation that an edge asks for; null where whoever has the worker's key asks by themselves. */
export function organisationOf(c: Context): string | null {
  return c.req.header(CALLER_HEADER)?.slice(0, CALLER_CHARACTERS) || null
}

/** Who asks, so that those who wait are served in turn: whom the edge names, else the address of the connection. */
export function callerOf(c: Context): string | undefined {
  const named = organisationOf(c)
  if (named !== null) return named
  const address: unknown = c.env?.incoming?.socket?.remoteAddress
  return typeof address === 'string' ? address : undefined
}
