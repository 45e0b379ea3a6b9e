import { CALLER_HEADER } from '../../shared/protocol/caller.ts'
import { DEADLINE_HEADER } from '../../shared/protocol/deadline.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import { LIMITS } from '../platform/limits.ts'
import { cancelled, redirected, timedOut, tooLong, unreachable } from './call-failure.ts'
import { type CallLimit, entryLimit, takePlaces } from './call-limit.ts'
import { cappedBody } from './capped-body.ts'
import { baseUrls, keyOf } from './model-config.ts'

/** What calls to model servers need from outside. */
export type Outbound = {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** The value of a variable or secret, by its name. */
  environment: (name: string) => string | undefined
  /** Shared by the calls of one judgment. */
  limit: CallLimit
  /** Default 8 MiB. */
  maxReplyBytes?: number
  /** Who the call is made for: a worker serves those who wait in turn. No one else is told. */
  caller?: string
  /** Sent beside what every call is sent with. */
  headers?: Record<string, string>
  /** The span that the calls belong to: a server that traces continues its trace. */
  trace?: Trace
}

const FAILOVER_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * The one way out to a model server: POSTs JSON or a form to `path` under the entry's base URL, or GETs what is
 * there where there is nothing to send, and gives the reply, whatever its status. Waits for a place in the limits and holds it until the body is read or cancelled;
 * `timeout_ms` runs from then and covers the body. With several base URLs the next one is tried after a
 * transport error or a 429, 502, 503 or 504.
 *
 * Throws, from the call or from reading the body, `model_unreachable`, `model_timeout`, `deadline_exceeded`
 * (the caller's signal; all three are transient), `reply_too_long`, `not_configured` (no key), or
 * `model_http_error` for a redirect, which is never followed: the key would go with it.
 */
export async function limitedFetch(
  entry: ModelEntry,
  path: `/${string}`,
  body: string | FormData | null,
  outbound: Outbound,
  signal?: AbortSignal,
): Promise<Response> {
  const { limit, maxReplyBytes = LIMITS.replyBytes } = outbound
  const key = await keyOf(entry, outbound.environment)
  const call = startCall(entry, signal)
  try {
    // its own limit first: a judgment that waits for its own calls keeps no place from other judgments
    call.onEnd(await takePlaces([limit, entryLimit(entry)], call.signal))
    const timer = setTimeout(() => call.stop(timedOut(entry)), entry.timeout_ms)
    call.onEnd(() => clearTimeout(timer))
    const reply = await firstReply(
      entry,
      path,
      requestInit(entry, key, body, outbound, call.signal),
      outbound.fetch,
    )
    if (reply.body === null) {
      call.end()
      return reply
    }
    const watched = cappedBody(reply.body, {
      maxBytes: maxReplyBytes,
      tooLong: () => tooLong(entry, maxReplyBytes),
      signal: call.signal,
      broken: (error) => unreachable(entry, baseUrls(entry), error),
      end: call.end,
    })
    return new Response(watched, { status: reply.status, headers: headersOfDecoded(reply.headers) })
  } catch (error) {
    call.end()
    throw call.signal.aborted ? call.signal.reason : error
  }
}

/** The life of one call: what stops it, and what is undone when it ends. */
function startCall(entry: ModelEntry, outer: AbortSignal | undefined) {
  const controller = new AbortController()
  const undo: (() => void)[] = []
  const cancel = () => controller.abort(cancelled(entry, outer?.reason))
  if (outer?.aborted) cancel()
  outer?.addEventListener('abort', cancel)
  undo.push(() => outer?.removeEventListener('abort', cancel))
  return {
    signal: controller.signal,
    stop: (reason: Error) => controller.abort(reason),
    onEnd: (action: () => void) => void undo.push(action),
    end: () => {
      for (const action of undo.splice(0)) action()
    },
  }
}

/** A Plumbline worker ends its work at the deadline, and then answers; other servers pay no heed to it. */
function requestInit(
  entry: ModelEntry,
  key: string | null,
  body: string | FormData | null,
  { caller, trace, headers: more }: Pick<Outbound, 'caller' | 'trace' | 'headers'>,
  signal: AbortSignal,
): RequestInit {
  const headers = {
    ...(typeof body === 'string' && { 'content-type': 'application/json' }),
    [DEADLINE_HEADER]: String(entry.timeout_ms),
    ...(key !== null && { authorization: `Bearer ${key}` }),
    ...(caller !== undefined && { [CALLER_HEADER]: caller }),
    ...(trace && { traceparent: trace.traceparent }),
    ...more,
  }
  return { method: body === null ? 'GET' : 'POST', headers, body, redirect: 'manual', signal }
}

async function firstReply(
  entry: ModelEntry,
  path: string,
  init: RequestInit,
  fetch: Outbound['fetch'],
): Promise<Response> {
  const urls = baseUrls(entry)
  let failure: unknown
  let reply: Response | undefined
  for (const url of urls) {
    await reply?.body?.cancel()
    try {
      reply = await fetch(url + path, init)
    } catch (error) {
      if (init.signal?.aborted) throw error
      failure = error
      continue
    }
    if (!FAILOVER_STATUSES.has(reply.status)) break
  }
  if (reply === undefined) throw unreachable(entry, urls, failure)
  if (reply.status >= 300 && reply.status < 400) {
    await reply.body?.cancel()
    throw redirected(entry, reply.headers.get('location'))
  }
  return reply
}

/** Headers that still hold once the body has been decoded and may be sent on in another encoding. */
function headersOfDecoded(received: Headers): Headers {
  const headers = new Headers(received)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection']) {
    headers.delete(name)
  }
  return headers
}
