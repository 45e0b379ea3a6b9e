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
  const content = pairs.map(({ name, value }) => `${name}:${plain(value)}`).join(',')
  const logprobs = pairs.map(({ name, value }) => ({
    ...{ token: name, logprob: value, bytes: null, top_logprobs: [] },
  }))
  return {
    choices: [
      {
        ...{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } },
        logprobs: { content: logprobs },
      },
    ],
    usage: tokensOf([scored]),
    judgments: scored.judgments,
    substituted: scored.substituted || pairs.some(({ filledIn }) => filledIn),
  }
}

type Pair = { name: string; value: number; filledIn: boolean }

/** Names and numbers of a reply. A response without classes is empty, or failed: its reward is that of each. */
function pairsOf({ reward, classes }: Rewarded, { attributes, on_error }: DialectSettings): Pair[] {
  if (attributes === undefined) return [{ name: 'reward', value: reward, filledIn: false }]
  return attributes.map((name) => {
    const value = classes === undefined ? reward : classes[name]
    if (value != null) return { name, value, filledIn: false }
    if (on_error !== undefined) return { name, value: on_error, filledIn: true }
    throw value === null ? unscored(name) : untagged(name)
  })
}

function unscored(name: string): PlumblineError {
  const message = `Sample 0 has no score for '${name}': repeat the call, or put on_error=NUMBER in the URL.`
  return new PlumblineError('not_scored', message)
}

function untagged(name: string): PlumblineError {
  const message = `No criterion of the rubric has the tag '${name}': give one that has it as rubric= in the URL, or on_error=NUMBER.`
  return new PlumblineError('invalid_rubric', message, { param: 'attributes' })
}

/** A number as clients find it by a search for digits, without an exponent. */
const plain = (value: number) => String(Number(value.toFixed(6)))
