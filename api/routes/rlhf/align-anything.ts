import * as z from 'zod'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { refuseOtherLengths } from '../../dialects/same-length.ts'
import { readPrompt, withoutClosing } from '../../dialects/templated-text.ts'
import { LIMITS } from '../../platform/limits.ts'

const texts = z.array(z.string()).max(LIMITS.dialectResponses)

/** `/rlhf/align-anything`: what `remote_rm_url` calls with a batch (contracts.md 1.4). It sends no labels. */
export const alignAnything: Dialect = numbersOnly({
  name: 'align-anything',
  client: 'align-anything: remote_rm_url: URL',
  patienceMs: 100_000,
  marks: ['prompts', 'responses'],
  batchFlag: 'per_device_prompt_batch_size',
  request: z.looseObject({
    prompts: z.array(z.string().min(1, 'must not be empty')).max(LIMITS.dialectResponses),
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
    return responses.map((response, index) => {
      const { prompt, begun } = readPrompt((prompts[index] ?? '').toWellFormed())
      const said = withoutClosing(begun + response.toWellFormed())
      return { index, id: null, prompt, response: said, label: null, labelParam: 'label' }
    })
  },
  write: (scored) => ({
    body: {
      rewards: scored.map(({ reward }) => reward),
      judgments: scored.map(({ judgments }) => judgments),
      substituted: scored.filter(({ substituted }) => substituted).length,
    },
  }),
})
