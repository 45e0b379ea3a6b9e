import * as z from 'zod'

/** Where a run of Rubric-ARM is between two steps, beside the states of its roles. */
export const armState = z.strictObject({
  stage: z.enum(['warm_up', 'alternation']),
  phase: z.int().min(0),
  step: z.int().min(0),
  made: z.int().min(0),
  /** Of the phase, by a hash of the prompt. */
  rubrics: z.array(z.tuple([z.string(), z.string().nullable()])),
  /** Flat vectors, base64 of float32. */
  references: z.strictObject({ judge: z.string().nullable(), generator: z.string().nullable() }),
})
export type ArmState = z.infer<typeof armState>
