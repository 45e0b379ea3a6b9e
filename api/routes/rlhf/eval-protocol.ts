import * as z from 'zod'
import { fieldText } from '../../dialects/body-field.ts'
import { type ChatMessage, chatMessage, textOfChat } from '../../dialects/chat-messages.ts'
import { messagesSample } from '../../dialects/conversation.ts'
import { type Dialect, nullsToo, type Reply } from '../../dialects/dialect.ts'
import { reasonOf } from '../../dialects/reason.ts'
import type { Sample, Scored } from '../../dialects/sample.ts'

const evaluation = z.looseObject({
  messages: z.array(chatMessage).min(2, 'must hold a prompt and the response of the assistant'),
  ground_truth: z.unknown().optional(),
})

const metric = z.object({
  score: z.number().min(0).max(1),
  is_score_valid: z.boolean(),
  success: z.boolean(),
  reason: z.string(),
})

/**
 * `/rlhf/eval-protocol`: what `RewardFunction(mode="remote", endpoint=URL)` posts (contracts.md 4.5). Its client takes
 * `score` whatever `is_score_valid` says, so that without a reward the status is 503 and the score null: both raise there.
 */
export const evalProtocol: Dialect = nullsToo({
  name: 'eval-protocol',
  client: 'eval-protocol: RewardFunction(mode="remote", endpoint=URL)',
  patienceMs: null,
  marks: ['messages'],
  once: true,
  request: evaluation,
  reply: z.object({
    score: z.number().nullable(),
    is_score_valid: z.boolean(),
    reason: z.string(),
    metrics: z.record(z.string(), metric),
    step_outputs: z.null(),
    error: z.string().nullable(),
    judgments: z.array(z.string()),
  }),
  example: {
    request: {
      messages: [
        { role: 'user', content: '2+2?' },
        { role: 'assistant', content: '4' },
      ],
      ground_truth: '4',
    },
    reply: (reward, score) =>
      toReply({ reward, score, error: null, judgments: ['jdg_...'], substituted: false }).body,
  },
  read: (body) => [toSample(body)],
  write: ([scored]) => toReply(scored ?? null),
})

function toSample({ messages, ground_truth }: z.infer<typeof evaluation>): Sample {
  const label = labelOf(ground_truth, messages.slice(0, -1))
  return { ...messagesSample(messages, 0, 'messages'), label, labelParam: 'ground_truth' }
}

/** A client without a ground truth sends the messages before the response, which are no label. */
function labelOf(truth: unknown, context: readonly ChatMessage[]): string | null {
  const conversation = z.array(chatMessage).safeParse(truth)
  if (!conversation.success) return fieldText(truth)
  const told = conversation.data
  const repeated = told.length === context.length && JSON.stringify(told) === JSON.stringify(context)
  const answer = told.findLast(({ role }) => role === 'assistant')
  return repeated || !answer ? null : textOfChat(answer)
}

function toReply(scored: Scored | null): Reply {
  const { reward = null, score = null, error = null, judgments = [] } = scored ?? {}
  const reason = scored ? reasonOf(scored) : ''
  const valid = reward !== null
  return {
    status: valid ? 200 : 503,
    ...(!valid && { headers: { 'retry-after': '2' } }),
    body: {
      score: reward,
      is_score_valid: valid && !scored?.substituted,
      reason,
      metrics: score === null ? {} : { plumbline: { score, is_score_valid: true, success: true, reason } },
      step_outputs: null,
      error: error?.message ?? null,
      judgments,
    },
  }
}
