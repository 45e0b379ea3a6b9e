import * as z from 'zod'
import { type JudgeName, judgeName } from '../../../shared/protocol/judge-name.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { LIMITS } from '../../platform/limits.ts'
import { within } from '../../waiting/within.ts'
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

type JudgeRequest = z.infer<typeof judgeRequest>

export type AnswerByJudge = (judge: JudgeName, request: ChatRequest, caller: ChatCaller) => Promise<Response>

/**
 * Answers a chat completion by a judge: reads what is put to it, has it judged, and says the verdict in the form that
 * the prompt asks for. A stream begins with the verdict, or after a while without one, to be kept open. Where a response
 * may have forged its place, the answer is a refusal, since an error would stop whole runs for one response. Throws what `readQuestion` and `judgeQuestion` throw; a verdict that there is not is never made up.
 */
export function createAnswerByJudge(deps: JudgingDeps): AnswerByJudge {
  return async ({ judge, model }, body, { call }) => {
    const request = parseWith(judgeRequest, body)
    const { plumbline: field = {}, n, stream, logprobs } = request
    const question = readQuestion(request.messages, field)
    const room = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
    const head = {
      id: `chatcmpl-${crypto.randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model ?? judgeName(judge),
    }
    const choices = n ?? 1
    const usage = request.stream_options?.include_usage ?? false
    const whole = (reply: JudgeReply) => Response.json(judgeCompletion(head, reply, choices))
    const streamed = (reply: JudgeReply | Promise<JudgeReply>) =>
      eventResponse(judgeChunks(head, reply, choices, usage))
    if ('forged' in question) return (stream ? streamed : whole)(refusing(question.forged))
    const tool = forcedTool(request)
    const form = findForm({ ...question, room, ...shapeOf(request, tool, question.schema) })
    const judging = { judge, model: model ?? undefined, field, decisive: !form.tie }
    const options = { room, logprobs: logprobs ?? false, tool: tool?.name ?? null }
    const reply = judgeQuestion(question, judging, deps, call).then((verdict) =>
      telling(verdict, form, options),
    )
    if (!stream) return whole(await reply)
    return streamed((await within(reply, LIMITS.streamPulseMs)) ?? reply)
  }
}

/** The function that the reply must call, if there is one: its parameters are the form of the verdict. */
function forcedTool({ tools, tool_choice: choice }: JudgeRequest) {
  const [only, more] = tools ?? []
  if (typeof choice === 'object' && choice !== null) {
    return tools?.find((tool) => tool.function.name === choice.function.name)?.function ?? null
  }
  return choice === 'required' && more === undefined ? (only?.function ?? null) : null
}

type Tool = NonNullable<ReturnType<typeof forcedTool>>
type Shape = Readonly<Record<string, unknown>>

/** The shape that the verdict must have: a function's, `response_format`'s, or what the way of asking stands for. */
function shapeOf({ response_format: format }: JudgeRequest, tool: Tool | null, implied: Shape | null) {
  const given = tool?.parameters ?? format?.json_schema?.schema
  const param = tool ? 'tools.function.parameters' : 'response_format.json_schema.schema'
  const json = format != null && format.type !== 'text'
  if (given) return { schema: { shape: given, param }, json }
  return { schema: implied && { shape: implied, param: 'messages' }, json }
}
