import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ChatRequest } from '../chat.ts'
import { responsesToolFields, toChatTools } from './tools.ts'

const textPart = z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() })
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() })
const content = z.union([
  z.string(),
  z
    .array(z.union([textPart, refusalPart]))
    .transform((parts) => parts.map((part) => ('text' in part ? part.text : part.refusal)).join('')),
])
const spoken = z.looseObject({ type: z.literal('message').optional(), role: z.string(), content })
/** What a model thought before is of no use to another. */
const thought = z.looseObject({
  type: z.literal('reasoning', 'is no kind of item that models here read: send messages alone'),
})
const item = z.union([spoken, thought])

const schemaFormat = z.looseObject({
  type: z.literal('json_schema'),
  name: z.string(),
  schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
  description: z.string().nullish(),
})
const format = z.union([
  schemaFormat,
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({ type: z.literal('text') }),
])

/** What is read of `POST /v1/responses`; further fields, such as `reasoning` and `store`, change nothing. */
export const responsesRequest = z.looseObject({
  model: z.string().min(1).optional(),
  input: z.union([z.string(), z.array(item).min(1, 'must hold an item')]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  include: z.array(z.string()).nullish(),
  text: z.looseObject({ format: format.nullish() }).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  stream: z.boolean().nullish(),
  user: z.string().nullish(),
  plumbline: z.unknown().optional(),
  ...responsesToolFields,
})
export type ResponsesRequest = z.infer<typeof responsesRequest>

/** Fields that would make another answer, which nothing here gives. */
const REFUSED: { readonly [field: string]: string } = {
  previous_response_id: 'nothing is stored between calls: send the whole conversation in input',
  conversation: 'nothing is stored between calls: send the whole conversation in input',
  background: 'leave it out, and wait for the answer or stream it',
  prompt: 'no prompts are stored here: send its text in instructions and input',
}

const LOGPROBS = 'message.output_text.logprobs'

/** A request of OpenAI's Responses API as one for a chat completion. Throws `invalid_request`, naming the field. */
export function toChat(request: ResponsesRequest): ChatRequest {
  refuse(request)
  const { model, instructions, input, temperature, top_p, max_output_tokens, top_logprobs, stream } = request
  const wantsLogprobs = request.include?.includes(LOGPROBS) || (top_logprobs ?? 0) > 0
  const messages = [
    ...(instructions ? [{ role: 'system', content: instructions }] : []),
    ...(typeof input === 'string' ? [{ role: 'user', content: input }] : input.flatMap(toMessage)),
    ...comparedIn(request.metadata),
  ]
  const format = toFormat(request.text?.format)
  return {
    ...(model !== undefined && { model }),
    messages,
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(max_output_tokens != null && { max_tokens: max_output_tokens }),
    ...(wantsLogprobs && { logprobs: true, top_logprobs: top_logprobs ?? 0 }),
    ...(format && { response_format: format }),
    ...toChatTools(request),
    ...(request.user != null && { user: request.user }),
    ...(stream && { stream, stream_options: { include_usage: true } }),
    ...(request.plumbline !== undefined && { plumbline: request.plumbline }),
  }
}

function refuse(request: ResponsesRequest): void {
  for (const [param, advice] of Object.entries(REFUSED)) {
    if (request[param])
      throw new PlumblineError('invalid_request', `'${param}' has no use here: ${advice}.`, { param })
  }
}

function toMessage(given: z.infer<typeof item>): { role: string; content: string }[] {
  if (!('content' in given) || typeof given.content !== 'string' || typeof given.role !== 'string') return []
  return [{ role: given.role === 'developer' ? 'system' : given.role, content: given.content }]
}

/**
 * NeMo-Gym puts what a comparing model is to read beside the conversation, in `metadata`; such models read it as turns
 * with roles of that name (contracts.md 2.5).
 */
function comparedIn(metadata: ResponsesRequest['metadata']): { role: string; content: string }[] {
  const compared = comparison.safeParse(metadata)
  if (!compared.success) return []
  return COMPARED.flatMap((role) => {
    const content = compared.data[role]
    return content === undefined ? [] : [{ role, content }]
  })
}

const COMPARED = ['principle', 'response_1', 'response_2'] as const
const comparison = z.object({
  principle: z.string().optional(),
  response_1: z.string(),
  response_2: z.string(),
})

function toFormat(given: z.infer<typeof format> | null | undefined) {
  const schema = schemaFormat.safeParse(given)
  if (schema.success) {
    const { name, schema: shape, strict, description } = schema.data
    const json_schema = {
      name,
      schema: shape,
      strict: strict ?? true,
      ...(description != null && { description }),
    }
    return { type: 'json_schema', json_schema }
  }
  return given?.type === 'json_object' ? { type: 'json_object' } : null
}
