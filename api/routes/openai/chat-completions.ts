import { Hono } from 'hono'
import * as z from 'zod'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Edge } from '../../middleware/edge.ts'
import { callLimit } from '../../models/call-limit.ts'
import { limitedFetch } from '../../models/limited-fetch.ts'
import { findEntry } from '../../models/model-config.ts'
import { failedReply, textWithoutKey } from '../../models/model-reply.ts'
import type { Platform } from '../../platform/platform.ts'
import { requireOwnModel } from '../../training/own-model.ts'
import { readJson } from '../body.ts'

const chatRequest = z.looseObject({
  model: z.string().min(1).optional(),
  messages: z.array(z.unknown()).min(1, 'must hold a message'),
})

/** Headers of a model server that mean something to its callers; all others end here. */
const PASSED = ['content-type', 'retry-after']

/** Refusals of the service's own key: as the caller's they would read as if theirs were wrong. */
const KEY_REFUSED: ReadonlySet<number> = new Set([401, 403])

/**
 * `POST /v1/chat/completions`: passed on to the model entry with that id, and its reply passed back as it
 * comes; an error without the service's key in it, and a refusal of that key as `model_http_error`.
 */
export function chatCompletionRoutes(platform: Platform) {
  const { config, fetch } = platform
  return new Hono<Edge>().post('/', async (c) => {
    const request = parseWith(chatRequest, await readJson(c))
    await requireOwnModel(platform, c.get('call').organisation, request.model)
    const entry = findEntry(config.models, request.model)
    const trace = c.get('trace')
    const outbound = {
      fetch,
      environment: config.environment,
      limit: callLimit(),
      ...(trace && { trace }),
    }
    const body = JSON.stringify({ ...request, model: entry.model })
    const reply = await limitedFetch(entry, '/chat/completions', body, outbound, c.req.raw.signal)
    if (KEY_REFUSED.has(reply.status)) throw await failedReply(entry, reply, config.environment)
    const headers = new Headers({ 'x-request-id': c.get('requestId') })
    for (const name of PASSED) {
      const value = reply.headers.get(name)
      if (value !== null) headers.set(name, value)
    }
    const shown = reply.ok ? reply.body : await textWithoutKey(entry, reply, config.environment)
    return new Response(shown, { status: reply.status, headers })
  })
}
