import * as z from 'zod'

/** The linear layers that an adapter may change, by the name PEFT gives them. */
export const loraTarget = z.enum([
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
])
export type LoraTarget = z.infer<typeof loraTarget>

/** Low-rank matrices beside frozen linear layers (arXiv 2106.09685). */
export const loraSettings = z.strictObject({
  rank: z
    .int()
    .min(1, 'must be at least 1: adapters of rank 8 to 32 are usual')
    .max(256, 'must be at most 256: use full instead of a larger rank')
    .default(16)
    .describe('Rows of each A and columns of each B.'),
  alpha: z
    .number()
    .positive('must be above 0: twice the rank is usual')
    .max(4096)
    .default(32)
    .describe('What the matrices add is scaled by alpha / rank.'),
  dropout: z
    .number()
    .min(0, 'must be at least 0: it is the share of inputs that are left out')
    .max(0.9, 'must be at most 0.9: it is the share of inputs that are left out')
    .default(0)
    .describe('Share of what goes into an adapter that is left out; of supervised and dpo alone.'),
  targets: z
    .array(loraTarget)
    .min(1, 'must name a layer, such as q_proj')
    .refine((names) => new Set(names).size === names.length, 'names a layer twice: name each once')
    .default([...loraTarget.options])
    .describe('Linear layers that get an adapter.'),
})
export type LoraSettings = z.infer<typeof loraSettings>

const beta = z
  .number()
  .min(0, 'must be at least 0')
  .lt(1, 'must be below 1: it is the share of a mean that stays')

/** AdamW (arXiv 1711.05101, algorithm 2). */
export const optimiserSettings = z.strictObject({
  learning_rate: z
    .number()
    .positive('must be above 0: nothing is learnt at 0')
    .max(1, 'must be at most 1: adapters take 1e-5 to 1e-3, whole models 1e-6 to 1e-3')
    .default(1e-4)
    .describe('After the warm-up; the schedule makes it smaller from there.'),
  betas: z
    .tuple([beta, beta], 'must hold two numbers')
    .default([0.9, 0.999])
    .describe('What stays at each update of the running means of the gradient and of its square.'),
  epsilon: z
    .number()
    .positive('must be above 0: it keeps a division from 0')
    .max(1)
    .default(1e-8)
    .describe('Added to the root of the second mean.'),
  weight_decay: z
    .number()
    .min(0, 'must be at least 0: 0 turns it off')
    .max(1, 'must be at most 1: 0.01 to 0.1 are usual')
    .default(0)
    .describe('Decoupled: the share of a parameter that is taken away, times the learning rate.'),
  max_gradient_norm: z
    .number()
    .positive('must be above 0: leave it out to clip at 1, or give 1e9 for no clipping')
    .default(1)
    .describe("The whole gradient's norm is scaled down to it."),
})
export type OptimiserSettings = z.infer<typeof optimiserSettings>

/** How the learning rate goes over the updates of a role. */
export const scheduleSettings = z.strictObject({
  kind: z
    .enum(['constant', 'linear', 'cosine'])
    .default('constant')
    .describe('linear and cosine go down to 0.'),
  warmup: z
    .number()
    .min(0, 'must be at least 0: 0 begins at the full learning rate')
    .default(0)
    .refine(
      (value) => value < 1 || Number.isInteger(value),
      'must be a whole number of updates, or a share below 1',
    )
    .describe('Over so many updates, or below 1 that share of all, the learning rate rises from 0.'),
})
export type ScheduleSettings = z.infer<typeof scheduleSettings>

/** What of a step is computed again for the backward pass in place of being kept. */
export const recompute = z.enum(['none', 'light', 'layers'])
export type Recompute = z.infer<typeof recompute>

/** A setting as it was published first, true or false, means all layers or nothing. */
export function recomputed(setting: Recompute | boolean): Recompute {
  if (typeof setting === 'string') return setting
  return setting ? 'layers' : 'none'
}

/** What all ways of training are told; each spreads them into a schema of its own. */
export const trainingFields = {
  lora: loraSettings.prefault({}),
  full: z
    .boolean()
    .default(false)
    .describe(
      'Trains all weights in place of an adapter: for models of a few million parameters; lora is not read.',
    ),
  optimiser: optimiserSettings.prefault({}),
  schedule: scheduleSettings.prefault({}),
  precision: z
    .enum(['float32', 'float16', 'bfloat16'])
    .default('float32')
    .describe('Of the decoder; parameters and their moments are float32. 16 bits need CUDA to be fast.'),
  seed: z
    .int()
    .min(0, 'must be at least 0')
    .max(2 ** 48, 'must be at most 2^48')
    .default(0)
    .describe('Of first parameters, shuffling, dropout and rollouts.'),
  recompute: z
    .union([recompute, z.boolean()])
    .default('light')
    .describe(
      "What is computed a second time in place of being kept: light takes attention's weights and the feed-forward's activation, layers (or true) all of a layer; none (or false) is the fastest.",
    ),
  max_tokens: z
    .int()
    .min(8, 'must be at least 8')
    .max(131_072, 'must be at most 131072')
    .default(2048)
    .describe('Of a prompt and its responses together; longer examples are left out and counted.'),
  batch_tokens: z
    .int()
    .min(8, 'must be at least 8')
    .max(1_048_576, 'must be at most 1048576')
    .default(1024)
    .describe('That pass the decoder together: memory grows with it, the result does not change.'),
  checkpoint_every: z
    .int()
    .min(0, 'must be at least 0: 0 keeps a checkpoint at the end alone')
    .default(20)
    .describe('Steps between checkpoints.'),
  keep_checkpoints: z
    .int()
    .min(1, 'must be at least 1')
    .max(1000)
    .default(2)
    .describe('The last so many stay.'),
}

export const trainingSettings = z.strictObject(trainingFields)
export type TrainingSettings = z.infer<typeof trainingSettings>
