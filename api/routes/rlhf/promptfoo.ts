import * as z from 'zod'
import type { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Prompt } from '../../../shared/protocol/message.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import { bodyField, fieldPrompt, fieldText } from '../../dialects/body-field.ts'
import { chatMessages, readChat } from '../../dialects/chat-messages.ts'
import { type Dialect, type Json, numbersOnly } from '../../dialects/dialect.ts'
import { reasonOf } from '../../dialects/reason.ts'
import type { Rewarded, Sample } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'
import { inTime } from '../../waiting/in-time.ts'

/** What is not judged by then is answered so that promptfoo, which waits 5 s (WEBHOOK_TIMEOUT), asks again. */
const ANSWER_MS = 4000

/** Variables of a test that are its label, as people name them. */
const LABELS = ['label', 'reference', 'reference_answer', 'expected', 'ground_truth', 'answer', 'target']

const webhookRequest = z.looseObject({
  output: z
    .unknown()
    .refine((output) => output !== undefined, 'is missing')
    .describe('What the provider answered: text, or any JSON.'),
  context: z.looseObject({
    prompt: z.string().nullish(),
    vars: z.record(z.string(), z.unknown()).nullish(),
  }),
})
type WebhookRequest = z.infer<typeof webhookRequest>

const webhook = numbersOnly({
  name: 'promptfoo',
  client: 'promptfoo: an assertion {type: webhook, value: URL}',
  patienceMs: 5000,
  marks: ['output', 'context'],
  settings: ['label', 'threshold'],
  refuse,
  request: webhookRequest,
  reply: z.object({
    pass: z.boolean(),
    score: z.number().min(0).max(1),
    reason: z.string(),
    judgments: z.array(z.string()),
  }),
  example: {
    request: { output: '4', context: { prompt: '2+2?', vars: { label: '4' } } },
    reply: (reward, score, settings) =>
      toReply({ reward, score, error: null, judgments: ['jdg_...'], substituted: false }, settings),
  },
  read: (body, settings) => [toSample(body, settings)],
  write: ([scored], settings) => ({ body: scored ? toReply(scored, settings) : null }),
})

/**
 * `/rlhf/promptfoo`: the webhook assertion (contracts.md 6). A missing `pass` counts there as passed, and under
 * `not-webhook` a false one does, so that what has no verdict is never a 200: 429 where asking again may help, which
 * promptfoo does four times by itself, and else the status of the error; both are failed tests in the end.
 */
export const promptfoo: Dialect = {
  ...webhook,
  answer: (body, settings, score) => inTime(webhook.answer(body, settings, score), ANSWER_MS),
}

function toSample(body: WebhookRequest, settings: DialectSettings): Sample {
  const labelParam = settings.label ?? givenLabel(body) ?? 'context.vars.label'
  return {
    index: 0,
    id: null,
    prompt: promptOf(body, settings),
    response: fieldText(body.output) ?? '',
    label: fieldText(bodyField(body, labelParam)),
    labelParam,
  }
}

function givenLabel(body: WebhookRequest): string | undefined {
  return LABELS.map((name) => `context.vars.${name}`).find((path) => (bodyField(body, path) ?? null) !== null)
}

/** A prompt of several messages is JSON text in promptfoo. */
function promptOf({ context: { prompt } }: WebhookRequest, { verifier }: DialectSettings): Prompt {
  const conversation = chatMessages.safeParse(jsonOrNull(prompt ?? ''))
  if (conversation.success) return readChat(conversation.data)
  // A verifier looks at the response alone.
  return verifier !== undefined && !prompt ? '(no prompt)' : fieldPrompt(prompt, 'context.prompt')
}

function toReply(scored: Rewarded, { threshold = 0.5 }: DialectSettings) {
  const { score, judgments } = scored
  const pass = score >= threshold
  const compared = `The score ${score} is ${pass ? 'at least' : 'below'} the threshold ${threshold}.`
  return { pass, score, reason: `${compared} ${reasonOf(scored)}`, judgments }
}

function refuse(error: PlumblineError): { body: Json; status: number } {
  const { code, message, param = null, type } = error.data
  const status = type === 'service' ? 429 : error.status
  return { status, body: { pass: false, reason: message, error: { code, message, param, type } } }
}
