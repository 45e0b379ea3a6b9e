import * as z from 'zod'
import { plainTexts, templatedSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import { inferenceDialect, originFields, originOf, tokensOf } from '../inference-dialect.ts'

const embedding = z.object({
  embedding: z.tuple([z.number()]),
  meta_info: z.object({
    id: z.string(),
    prompt_tokens: z.int(),
    ...originFields,
  }),
})

/** SGLang's `/classify` of a reward model (contracts.md 4.2), whose number is the reward as it is: Skywork's client. */
export const sglangClassify: Dialect = inferenceDialect('sglang/classify', {
  client: 'SGLang POST or PUT /classify: Skywork-Reward and whatever asks a reward model on SGLang',
  marks: ['text'],
  methods: ['POST', 'PUT'],
  request: z.looseObject({
    input_ids: z
      .null('must be left out, since token ids say nothing without their tokenizer: send text')
      .optional(),
    text: plainTexts.describe('Conversations, each one text in a known chat template.'),
  }),
  reply: z.union([embedding, z.array(embedding)]),
  example: {
    request: {
      model: 'plumbline',
      text: ['<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>'],
    },
    reply: (reward) => [{ embedding: [reward], meta_info: { judgments: ['jdg_...'] } }],
  },
  read: ({ text }) =>
    typeof text === 'string'
      ? [templatedSample(text, 0, 'text')]
      : text.map((one, index) => templatedSample(one, index, `text.${index}`)),
  write(scored, _, { text }) {
    const items = scored.map((one) => ({
      embedding: [one.reward],
      meta_info: {
        ...{ id: crypto.randomUUID(), prompt_tokens: tokensOf([one]).prompt_tokens },
        ...originOf(one),
      },
    }))
    return { body: typeof text === 'string' ? (items[0] ?? null) : items }
  },
})
