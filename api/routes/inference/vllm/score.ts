import * as z from 'zod'
import { PlumblineError } from '../../../../shared/protocol/error.ts'
import { answerSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import type { Sample } from '../../../dialects/sample.ts'
import { document, documents } from '../document.ts'
import { inferenceDialect, originFields, originOf, stamp, tokensOf, told } from '../inference-dialect.ts'
import { activationFields, isRaw, vllmUsage } from './vllm-fields.ts'

const side = z.union([document, documents]).optional()

/** The names that vLLM has had for the two sides. */
const SIDES = [
  ['text_1', 'text_2'],
  ['queries', 'documents'],
  ['queries', 'items'],
  ['data_1', 'data_2'],
] as const

const scoreRequest = z.looseObject({
  model: z.string().nullish(),
  ...{ text_1: side, text_2: side, queries: side, documents: side, items: side, data_1: side, data_2: side },
  ...activationFields,
})

/** vLLM's `/score` (contracts.md 4.1): the first side is the prompt, the second the responses. */
export const vllmScore: Dialect = inferenceDialect('vllm/score', {
  client: 'vLLM POST /score and /v1/score',
  marks: [],
  request: scoreRequest,
  reply: z.object({
    ...{ id: z.string(), object: z.literal('list'), created: z.int(), model: z.string() },
    data: z.array(
      z.object({
        index: z.int(),
        object: z.literal('score'),
        score: z.number(),
        ...originFields,
      }),
    ),
    usage: vllmUsage,
  }),
  example: {
    request: { model: 'plumbline', text_1: '2+2?', text_2: ['4'] },
    reply: (_, score) => ({
      object: 'list',
      data: [{ index: 0, object: 'score', score, judgments: ['jdg_...'] }],
    }),
  },
  read: toSamples,
  write: (scored, _, body) => ({
    body: {
      ...stamp('score', body.model),
      object: 'list',
      data: scored.map((one, index) => ({
        ...{ index, object: 'score', score: told(one, isRaw(body)) },
        ...originOf(one),
      })),
      usage: tokensOf(scored),
    },
  }),
})

/** One prompt for all responses, or one for each. */
function toSamples(body: z.infer<typeof scoreRequest>): Sample[] {
  const names = SIDES.find((pair) => pair.every((name) => body[name] !== undefined))
  if (!names) {
    const message = "The body must hold 'text_1' and 'text_2', or 'queries' and 'documents'."
    throw new PlumblineError('invalid_request', message, { param: 'text_1' })
  }
  const [first, second] = names
  const [prompts, responses] = [listOf(body[first]), listOf(body[second])]
  if (prompts.length !== 1 && prompts.length !== responses.length) {
    const message = `'${first}' has ${prompts.length} texts and '${second}' ${responses.length}: send one prompt, or one for each response.`
    throw new PlumblineError('invalid_request', message, { param: first })
  }
  return responses.map((response, index) => {
    const prompt = prompts[prompts.length === 1 ? 0 : index] ?? ''
    return answerSample(prompt, response, index, first)
  })
}

const listOf = (side: string | string[] | undefined) => (typeof side === 'string' ? [side] : (side ?? []))
