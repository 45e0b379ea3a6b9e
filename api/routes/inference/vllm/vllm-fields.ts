import * as z from 'zod'

/** Whether the number is to be between 0 and 1. `activation` is what it was called before. */
export const activationFields = {
  use_activation: z.boolean().nullish().describe('false: the reward as it is. Default: its score, 0..1.'),
  activation: z.boolean().nullish(),
}

type Activation = { use_activation?: boolean | null | undefined; activation?: boolean | null | undefined }

/** Whether a body asks for the reward as it is. */
export const isRaw = ({ use_activation, activation }: Activation) => (use_activation ?? activation) === false

export const vllmUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
})
