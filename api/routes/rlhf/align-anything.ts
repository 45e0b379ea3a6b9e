import * as z from 'zod'
import { answerSample } from '../../dialects/conversation.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { batchOfTexts } from '../../dialects/refuse-too-many.ts'
import { refuseOtherLengths } from '../../dialects/same-length.ts'

const BATCH_FLAG = 'per_device_prompt_batch_size'
const texts = batchOfTexts(BATCH_FLAG)

/** `/rlhf/align-anything`: what `remote_rm_url` calls with a batch (contracts.md 1.4). It sends no labels. */
export const alignAnything: Dialect = numbersOnly({
  name: 'align-anything',
  client: 'align-anything: remote_rm_url: URL',
  patienceMs: 100_000,
  marks: ['prompts', 'responses'],
  alone: true,
  batchFlag: BATCH_FLAG,
  request: z.looseObject({
    prompts: texts,
    responses: texts,
  }),
  reply: z.object({
    rewards: z.array(z.number()),
    judgments: z.array(z.array(z.string())),
    substituted: z.int(),
  }),
  example: {
    request: { prompts: ['2+2?'], responses: ['4'] },
    reply: (reward) => ({ rewards: [reward], judgments: [['jdg_...']], substituted: 0 }),
  },
  read({ prompts, responses }) {
    refuseOtherLengths(['responses', responses], { prompts })
    return responses.map((response, index) =>
      answerSample(prompts[index] ?? '', response, index, `prompts.${index}`),
    )
  },
  write: (scored) => ({
    body: {
      rewards: scored.map(({ reward }) => reward),
      judgments: scored.map(({ judgments }) => judgments),
      substituted: scored.filter(({ substituted }) => substituted).length,
    },
  }),
})
