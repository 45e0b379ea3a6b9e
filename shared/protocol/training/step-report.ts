import * as z from 'zod'

/** What one step of a training run did, as it is sent and kept. */
export const stepReport = z
  .object({
    step: z.int().min(1).describe('Of the whole run, from 1.'),
    phase: z.string().describe('What was trained: judge, generator, a meta-class.'),
    metrics: z
      .record(z.string(), z.number().nullable())
      .describe('reward, accuracy, kl, entropy, clip_fraction, loss and others; null where a step has none.'),
    samples: z
      .array(
        z.object({
          kind: z.enum(['rubric', 'judgment', 'response']),
          prompt: z.string(),
          text: z.string(),
          reward: z.number().nullable(),
        }),
      )
      .describe('Texts worth reading, with what they earned.'),
    notes: z
      .array(z.string())
      .optional()
      .describe('Sentences for whoever follows the run: why a phase ended, what is trained next.'),
    seconds: z
      .object({ rollout: z.number(), reward: z.number(), update: z.number() })
      .describe('Where the time went.'),
  })
  .meta({ id: 'StepReport' })
