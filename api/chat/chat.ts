import * as z from 'zod'
import { parseWith } from '../../shared/protocol/parse.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import type { Call } from '../judging/call.ts'
import { findAnswerer, findEntry } from '../models/model-config.ts'
import type { Platform } from '../platform/platform.ts'
import { requireOwnModel } from '../training/own-model.ts'
import type { AnswerByJudge } from './judges/answer-by-judge.ts'
import { passOn } from './pass-on.ts'
import { refuseMediaUrls } from './refuse-media-urls.ts'

/** What is read of a request for a chat completion by whoever hands it on; all else is the model's affair. */
export const chatRequest = z.looseObject({
  model: z.string().min(1).optional(),
  messages: z.array(z.unknown()).min(1, 'must hold a message'),
  // as OpenAI bounds it: a URL token counts the call as one, whatever it asks for
  n: z.int().min(1).max(128).nullish(),
})
export type ChatRequest = z.infer<typeof chatRequest>

/** Who asks. */
export type ChatCaller = { call: Call; trace?: Trace | undefined; signal: AbortSignal }

/**
 * Answers a request for a chat completion: JSON, or server-sent events for `stream: true`, both in OpenAI's shape, or a
 * model server's own refusal. Throws `invalid_request`, `model_not_found`, and what calls to models and judgments throw.
 */
export type Chat = (body: unknown, caller: ChatCaller) => Promise<Response>

/** Chat completions by the models that are configured, and by the judges that have a model's name. */
export function createChat(platform: Platform, answerByJudge: AnswerByJudge): Chat {
  const { models } = platform.config
  return async (body, caller) => {
    const request = parseWith(chatRequest, body)
    const answerer = findAnswerer(models, request.model)
    if ('judge' in answerer) return answerByJudge(answerer.judge, request, caller)
    refuseMediaUrls(request.messages)
    await requireOwnModel(platform, caller.call.organisation, answerer.model)
    return passOn(findEntry(models, answerer.model), request, platform, caller)
  }
}
