import * as z from 'zod'
import { PlumblineError } from '../../../../shared/protocol/error.ts'
import { chatMessage } from '../../../dialects/chat-messages.ts'
import { messagesSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import type { Rewarded } from '../../../dialects/sample.ts'
import type { DialectSettings } from '../../../dialects/settings.ts'
import { inferenceDialect, originFields, stamp, tokensOf } from '../inference-dialect.ts'

const attribute = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.null(),
  top_logprobs: z.tuple([]),
})

/**
 * A reward model over chat completions, as NVIDIA serves Nemotron (contracts.md 5): `reward:1.25`, and the same again as
 * log-probabilities, which its clients read unasked. With `attributes=` in the URL, the scores of those meta-classes.
 */
export const nvidiaChatCompletions: Dialect = inferenceDialect('nvidia/v1/chat/completions', {
  client: 'NVIDIA reward models over chat completions: NeMo Curator, CAMEL (NVIDIA_API_BASE_URL)',
  marks: ['messages'],
  settings: ['attributes'],
  request: z.looseObject({
    model: z.string().nullish(),
    messages: z.array(chatMessage).describe('The last message is the response, of the assistant.'),
    stream: z.literal(false, 'must be false: a reward comes in one piece').nullish(),
    n: z.literal(1, 'must be 1: a response has one reward').nullish(),
  }),
  reply: z.object({
    ...{ id: z.string(), object: z.literal('chat.completion'), created: z.int(), model: z.string() },
    choices: z.array(
      z.object({
        index: z.literal(0),
        finish_reason: z.literal('stop'),
        message: z.object({ role: z.literal('assistant'), content: z.string() }),
        logprobs: z.object({ content: z.array(attribute) }),
      }),
    ),
    usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
    ...originFields,
  }),
  example: {
    request: {
      model: 'plumbline',
      messages: [
        { role: 'user', content: '2+2?' },
        { role: 'assistant', content: '4' },
      ],
    },
    reply: (reward) => ({ choices: [{ message: { role: 'assistant', content: `reward:${reward}` } }] }),
  },
  read: ({ messages }) => [messagesSample(messages, 0, 'messages')],
  write: ([scored], settings, { model }) => ({
    body: { ...stamp('chatcmpl', model), object: 'chat.completion', ...(scored && told(scored, settings)) },
  }),
})

function told(scored: Rewarded, settings: DialectSettings) {
  const pairs = pairsOf(scored, settings)
  const content = pairs.map(([name, value]) => `${name}:${plain(value)}`).join(',')
  const logprobs = pairs.map(([token, logprob]) => ({ token, logprob, bytes: null, top_logprobs: [] }))
  const filledIn = settings.attributes?.some((name) => scored.classes?.[name] == null) ?? false
  return {
    choices: [
      {
        ...{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } },
        logprobs: { content: logprobs },
      },
    ],
    usage: tokensOf([scored]),
    ...{ judgments: scored.judgments, substituted: scored.substituted || filledIn },
  }
}

/** Names and numbers of a reply. Throws `not_scored` for a meta-class without a score, where the URL has no `on_error`. */
function pairsOf(scored: Rewarded, { attributes, on_error }: DialectSettings): [string, number][] {
  if (attributes === undefined) return [['reward', scored.reward]]
  return attributes.map((name) => {
    const value = scored.classes?.[name] ?? on_error
    if (value !== undefined) return [name, value]
    const message = `Sample 0 has no score for '${name}': give rubric= with criteria that have this tag, or on_error=NUMBER, in the URL.`
    throw new PlumblineError('not_scored', message)
  })
}

/** A number as clients find it by a search for digits, without an exponent. */
const plain = (value: number) => String(Number(value.toFixed(6)))
