import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { countUsage } from './count-usage.ts'

const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'] as const
type FinishReason = (typeof FINISH_REASONS)[number]

const message = z.looseObject({
  role: z.string().nullish(),
  content: z.unknown().optional(),
  tool_calls: z.unknown().optional(),
})
const completion = z.looseObject({
  choices: z
    .array(z.looseObject({ index: z.int().nullish(), message, finish_reason: z.string().nullish() }))
    .min(1),
})

/** What the request says of the length of its reply. */
const lengths = z.object({
  max_tokens: z.int().nullish().catch(null),
  max_completion_tokens: z.int().nullish().catch(null),
})

/**
 * A whole completion with the fields that strict clients demand (contracts.md 0): `id`, `object`, `created`, `model`,
 * `index`, `role`, a `finish_reason` of OpenAI's, and `usage`, which is 0 where the server counts nothing. `mended`
 * names what was filled in. Throws `reply_invalid` for what is no chat completion.
 */
export function mendCompletion(
  entry: Pick<ModelEntry, 'id' | 'model'>,
  reply: unknown,
  request: object,
): { completion: Record<string, unknown>; mended: string[] } {
  const parsed = completion.safeParse(reply)
  if (!parsed.success) {
    const sentence = `Model '${entry.id}' did not answer with a chat completion: check its base_url.`
    throw new PlumblineError('reply_invalid', sentence)
  }
  const mended = new Set<string>()
  const keep = <T>(name: string, value: unknown, read: z.ZodType<T>, make: () => T): T => {
    const known = read.safeParse(value)
    if (!known.success) mended.add(name)
    return known.success ? known.data : make()
  }
  const given = parsed.data
  const cutAt = cutLength(request)
  const tokens = countUsage(given)
  const head = {
    id: keep('id', given.id, z.string().min(1), () => `chatcmpl-${crypto.randomUUID()}`),
    object: keep('object', given.object, z.literal('chat.completion'), () => 'chat.completion' as const),
    created: keep('created', given.created, z.int(), () => Math.floor(Date.now() / 1000)),
    model: keep('model', given.model, z.string(), () => entry.model),
  }
  const choices = given.choices.map((choice, at) => ({
    ...choice,
    index: keep('index', choice.index, z.int(), () => at),
    message: {
      ...choice.message,
      role: keep('role', choice.message.role, z.literal('assistant'), () => 'assistant' as const),
    },
    finish_reason: keep('finish_reason', choice.finish_reason, z.enum(FINISH_REASONS), () =>
      finishOf(choice, cutAt !== null && given.choices.length === 1 && tokens.completion >= cutAt),
    ),
  }))
  const usage = keep('usage', given.usage, countedUsage, () => ({
    prompt_tokens: tokens.prompt,
    completion_tokens: tokens.completion,
    total_tokens: tokens.prompt + tokens.completion,
  }))
  return { completion: { ...head, ...given, ...head, choices, usage }, mended: [...mended] }
}

const countedUsage = z.looseObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
})

function cutLength(request: object): number | null {
  const { max_tokens, max_completion_tokens } = lengths.parse(request)
  return max_completion_tokens ?? max_tokens ?? null
}

function finishOf(
  choice: z.infer<typeof completion>['choices'][number],
  reachedLength: boolean,
): FinishReason {
  const { message, finish_reason: said } = choice
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) return 'tool_calls'
  if (said === 'max_tokens' || said === 'length_limit' || reachedLength) return 'length'
  return 'stop'
}
