import * as z from 'zod'
import type { TokenCount } from '../../shared/model/language-model.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'
import { type Fault, SPOILT_TEXTS } from './faults.ts'

export const completionRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() })),
  max_tokens: z.int().optional(),
  temperature: z.number().optional(),
  seed: z.int().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().optional(),
  response_format: z
    .object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string(),
        strict: z.boolean(),
        schema: z.record(z.string(), z.unknown()),
      }),
    })
    .optional(),
})
export type CompletionRequest = z.infer<typeof completionRequest>

const LABELS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
const opinion = opinionatedModel({ instantiate: 'generate', verdicts: 'generate' })

/** What the opinionated model answers, in the OpenAI shape and with the fault in it. */
export async function complete(request: CompletionRequest, fault: Fault | null): Promise<object> {
  return request.logprobs ? chosen(request, fault) : written(request, fault)
}

async function written(request: CompletionRequest, fault: Fault | null): Promise<object> {
  const schema = request.response_format?.json_schema
  const { text, tokens } = await opinion.generate(request.messages, schema ? { schema } : {})
  const spoil = fault === null ? undefined : SPOILT_TEXTS[fault]
  const refused = fault === 'refusal'
  return reply(request, tokens, {
    message: {
      role: 'assistant',
      content: refused ? null : (spoil?.(text) ?? text),
      refusal: refused ? 'I would rather not.' : null,
    },
    logprobs: null,
    finish_reason: fault === 'length' ? 'length' : 'stop',
  })
}

/** The probabilities of the labels that the question lists, half of each with a space before the label. */
async function chosen(request: CompletionRequest, fault: Fault | null): Promise<object> {
  const asked = request.messages.map(({ content }) => content).join('\n')
  const labels = LABELS.filter((label) => asked.includes(`\n${label} = `))
  const { probabilities, tokens } = await opinion.choose(request.messages, labels)
  const seen = fault === 'hidden-choice' ? labels.slice(1) : labels
  const top = seen.flatMap((label) => {
    const logprob = Math.log((probabilities[labels.indexOf(label)] ?? 0) / 2)
    return [label, ` ${label}`].map((token) => ({ token, logprob, bytes: null }))
  })
  const [first] = top
  return reply(request, tokens, {
    message: { role: 'assistant', content: first?.token ?? '', refusal: null },
    logprobs: fault === 'no-logprobs' ? null : { content: [{ ...first, top_logprobs: top }] },
    finish_reason: 'length',
  })
}

/** A text that a test says. */
export function said(request: CompletionRequest, text: string): object {
  const prompt = request.messages.reduce((sum, { content }) => sum + content.length, 0)
  return reply(
    request,
    { prompt, completion: text.length, cached: 0 },
    { message: { role: 'assistant', content: text, refusal: null }, logprobs: null, finish_reason: 'stop' },
  )
}

function reply({ model }: CompletionRequest, tokens: TokenCount, choice: object): object {
  return {
    id: 'chatcmpl-mock',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, ...choice }],
    usage: {
      prompt_tokens: tokens.prompt,
      completion_tokens: tokens.completion,
      total_tokens: tokens.prompt + tokens.completion,
      prompt_tokens_details: { cached_tokens: tokens.cached },
    },
  }
}
