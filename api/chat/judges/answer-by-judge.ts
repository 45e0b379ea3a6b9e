import * as z from 'zod'
import { type JudgeName, judgeName } from '../../../shared/protocol/judge-name.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { ChatCaller, ChatRequest } from '../chat.ts'
import { eventResponse } from '../event-bytes.ts'
import { findForm } from './forms.ts'
import { judgeChunks, judgeCompletion } from './judge-completion.ts'
import { type JudgingDeps, judgeQuestion } from './judge-question.ts'
import { type JudgeReply, refusing, telling } from './judge-reply.ts'
import { plumblineField } from './put-question.ts'
import { readQuestion } from './read-question.ts'

const functionTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()) }),
})

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
  tools: z.array(functionTool).nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ function: z.looseObject({ name: z.string() }) })])
    .nullish(),
})

export type AnswerByJudge = (judge: JudgeName, request: ChatRequest, caller: ChatCaller) => Promise<Response>

/**
 * Answers a chat completion by a judge: reads what is put to it, has it judged, and says the verdict in the form that
 * the prompt asks for. Where a response may have forged its place, the answer is a refusal, since an error would stop whole
 * runs for one response. Throws what `readQuestion` and `judgeQuestion` throw; a verdict that there is not is never made up.
 */
export function createAnswerByJudge(deps: JudgingDeps): AnswerByJudge {
  return async ({ judge, model }, body, { call }) => {
    const request = parseWith(judgeRequest, body)
    const { plumbline: field = {}, n, stream, logprobs, response_format: format } = request
    const question = readQuestion(request.messages, field)
    const room = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
    const head = {
      id: `chatcmpl-${crypto.randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model ?? judgeName(judge),
    }
    const choices = n ?? 1
    const usage = request.stream_options?.include_usage ?? false
    const send = (reply: JudgeReply) =>
      stream
        ? eventResponse(judgeChunks(head, reply, choices, usage))
        : Response.json(judgeCompletion(head, reply, choices))
    if ('forged' in question) return send(refusing(question.forged))
    const tool = forcedTool(request)
    const form = findForm({
      ...question,
      room,
      schema: tool?.parameters ?? format?.json_schema?.schema ?? null,
      json: format?.type === 'json_object',
    })
    const judging = { judge, model: model ?? undefined, field, decisive: !form.tie }
    const verdict = await judgeQuestion(question, judging, deps, call)
    return send(telling(verdict, form, { room, logprobs: logprobs ?? false, tool: tool?.name ?? null }))
  }
}

/** The function that the reply must call, if there is one: its parameters are the form of the verdict. */
function forcedTool({ tools, tool_choice: choice }: z.infer<typeof judgeRequest>) {
  const [only, more] = tools ?? []
  if (typeof choice === 'object' && choice !== null) {
    return tools?.find((tool) => tool.function.name === choice.function.name)?.function ?? null
  }
  return choice === 'required' && more === undefined ? (only?.function ?? null) : null
}
