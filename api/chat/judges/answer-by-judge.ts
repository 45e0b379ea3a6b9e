import * as z from 'zod'
import { type JudgeName, judgeName } from '../../../shared/protocol/judge-name.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { ChatCaller, ChatRequest } from '../chat.ts'
import { eventResponse } from '../event-bytes.ts'
import { findForm } from './forms.ts'
import { judgeChunks, judgeCompletion, tell } from './judge-completion.ts'
import { type JudgingDeps, judgeQuestion } from './judge-question.ts'
import { plumblineField } from './put-question.ts'
import { readQuestion } from './read-question.ts'

/** What a judge heeds of a request; how a model would sample is nothing to it. */
const judgeRequest = z.looseObject({
  messages: z.array(z.unknown()),
  plumbline: plumblineField.optional(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  n: z.int().min(1).max(16).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()) }).optional(),
    })
    .nullish(),
})

export type AnswerByJudge = (judge: JudgeName, request: ChatRequest, caller: ChatCaller) => Promise<Response>

/**
 * Answers a chat completion by a judge: reads what is put to it, has it judged, and says the verdict in the form that
 * the prompt asks for. Throws what `readQuestion` and `judgeQuestion` throw; a verdict that there is not is never made up.
 */
export function createAnswerByJudge(deps: JudgingDeps): AnswerByJudge {
  return async ({ judge, model }, body, { call }) => {
    const request = parseWith(judgeRequest, body)
    const { plumbline: field = {}, n, stream, logprobs, response_format: format } = request
    const question = readQuestion(request.messages, field)
    const room = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
    const form = findForm({
      ...question,
      room,
      schema: format?.json_schema?.schema ?? null,
      json: format?.type === 'json_object',
    })
    const judging = { judge, model: model ?? undefined, field, decisive: !form.tie }
    const verdict = await judgeQuestion(question, judging, deps, call)
    const told = tell(verdict, form, room)
    const head = {
      id: `chatcmpl-${crypto.randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model ?? judgeName(judge),
    }
    const choices = n ?? 1
    if (!stream) return Response.json(judgeCompletion(head, told, logprobs ?? false, choices))
    const usage = request.stream_options?.include_usage ?? false
    return eventResponse(judgeChunks(head, told, { logprobs: logprobs ?? false, choices, usage }))
  }
}
