import type { TokenCount } from '../../shared/model/language-model.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { callLimit } from '../models/call-limit.ts'
import { limitedFetch, type Outbound } from '../models/limited-fetch.ts'
import { failedReply, readJson, textWithoutKey } from '../models/model-reply.ts'
import type { Platform } from '../platform/platform.ts'
import { chargeChat } from './charge-chat.ts'
import type { ChatCaller, ChatRequest } from './chat.ts'
import { countUsage } from './count-usage.ts'
import { followStream } from './follow-stream.ts'
import { mendCompletion } from './mend-completion.ts'

/** Headers of a model server that mean something to its callers; all others end here. */
const PASSED = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry']

/** Refusals of the service's own key: as the caller's they would read as if theirs were wrong. */
const KEY_REFUSED: ReadonlySet<number> = new Set([401, 403])

/**
 * Passes a chat completion on to a model entry and its reply back: a stream as it comes, a whole one with what strict
 * clients need filled in, an error without the service's key in it. What it took is charged to the caller's key. A
 * refusal of the service's key, and an error that is not JSON, become `model_http_error`.
 */
export async function passOn(
  entry: ModelEntry,
  request: ChatRequest,
  platform: Platform,
  { call, trace, signal }: ChatCaller,
): Promise<Response> {
  const { environment } = platform.config
  const outbound: Outbound = {
    fetch: platform.fetch,
    environment,
    limit: callLimit(),
    ...(trace && { trace }),
  }
  const charge = (tokens: TokenCount) => chargeChat(platform, entry.id, call, tokens)
  const body = JSON.stringify({ ...request, model: entry.model })
  const reply = await limitedFetch(entry, '/chat/completions', body, outbound, signal)
  if (!reply.ok) return refused(entry, reply, environment)
  const headers = passedHeaders(reply)
  const isStream = headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream && reply.body) {
    headers.set('cache-control', 'no-cache')
    return new Response(followStream(reply.body, charge), { headers })
  }
  const { completion, mended } = mendCompletion(entry, await readJson(entry, reply), request)
  await charge(countUsage(completion))
  if (mended.length > 0) headers.set('x-plumbline-mended', mended.join(','))
  headers.set('content-type', 'application/json')
  return Response.json(completion, { status: reply.status, headers })
}

function passedHeaders(reply: Response): Headers {
  const headers = new Headers()
  for (const name of PASSED) {
    const value = reply.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

async function refused(
  entry: ModelEntry,
  reply: Response,
  environment: Outbound['environment'],
): Promise<Response> {
  if (KEY_REFUSED.has(reply.status)) throw await failedReply(entry, reply, environment)
  const text = await textWithoutKey(entry, reply, environment)
  const said = jsonOrNull(text)
  if (typeof said !== 'object' || said === null) {
    throw await failedReply(entry, new Response(text, { status: reply.status }), environment)
  }
  const headers = passedHeaders(reply)
  headers.set('content-type', 'application/json')
  return new Response(text, { status: reply.status, headers })
}
