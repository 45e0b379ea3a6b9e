import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { batchOfTexts } from '../../dialects/refuse-too-many.ts'
import { refuseOtherLengths } from '../../dialects/same-length.ts'
import { type Sample, sampleLabel } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'
import { isPadding, readPrompt, splitConversation, withoutClosing } from '../../dialects/templated-text.ts'

const BATCH_FLAG = '--rollout_batch_size'
const texts = batchOfTexts(BATCH_FLAG)

/** OpenRLHF's body (contracts.md 1.1). Fields beside these are its own affair. */
const openrlhfRequest = z.looseObject({
  query: texts.describe('Prompt and response as one decoded text, special tokens included.'),
  prompts: texts.optional(),
  labels: z.array(sampleLabel).nullish(),
})
type OpenrlhfRequest = z.infer<typeof openrlhfRequest>

/** `/rlhf/openrlhf`: what `--reward.remote_url` and `--remote_rm_url` call. Arrays may be empty. */
export const openrlhf: Dialect = numbersOnly({
  name: 'openrlhf',
  client: 'OpenRLHF: --reward.remote_url URL, or --remote_rm_url URL up to 0.10.1',
  patienceMs: 180_000,
  marks: ['query'],
  batchFlag: BATCH_FLAG,
  settings: ['turns'],
  request: openrlhfRequest,
  reply: z.object({
    rewards: z.array(z.number()),
    scores: z.array(z.number()),
    judgments: z.array(z.array(z.string())),
    substituted: z.int(),
  }),
  example: {
    request: {
      query: ['<|user|>2+2?<|assistant|>4</s>'],
      prompts: ['<|user|>2+2?<|assistant|>'],
      labels: ['4'],
    },
    reply: (reward, score) => ({
      rewards: [reward],
      scores: [score],
      judgments: [['jdg_...']],
      substituted: 0,
    }),
  },
  read: toSamples,
  write: (scored) => ({
    body: {
      rewards: scored.map(({ reward }) => reward),
      scores: scored.map(({ score }) => score),
      judgments: scored.map(({ judgments }) => judgments),
      substituted: scored.filter(({ substituted }) => substituted).length,
    },
  }),
})

function toSamples(
  { query, prompts, labels }: OpenrlhfRequest,
  { turns = 'first' }: DialectSettings,
): Sample[] {
  refuseOtherLengths(['query', query], { prompts, labels })
  return query.map((text, index) => {
    const { prompt, response } = cut(text.toWellFormed(), prompts?.[index]?.toWellFormed(), index, turns)
    const read = readPrompt(prompt)
    return {
      index,
      id: null,
      prompt: read.prompt,
      response: withoutClosing(read.begun + response),
      label: labels?.[index]?.toWellFormed() ?? null,
      labelParam: `labels.${index}`,
    }
  })
}

function cut(query: string, prompt: string | undefined, index: number, turns: 'first' | 'last') {
  if (prompt !== undefined && prompt !== '') {
    const at = query.indexOf(prompt)
    if (at >= 0 && isPadding(query.slice(0, at))) {
      return { prompt, response: query.slice(at + prompt.length) }
    }
    const message = `'query.${index}' does not begin with 'prompts.${index}', so its response can't be told apart.`
    throw new PlumblineError('invalid_request', message, { param: `query.${index}` })
  }
  const split = splitConversation(query, turns)
  if (split) return split
  const message = `'prompts.${index}' is missing and 'query.${index}' is in no known chat template: send prompts.`
  throw new PlumblineError('invalid_request', message, { param: `prompts.${index}` })
}
