import * as z from 'zod'
import { name } from '../text.ts'

/** Who judges the completions of a policy in training. */
export const judgeSettings = z
  .strictObject({
    at: z
      .enum(['worker', 'service'])
      .default('worker')
      .describe(
        "worker: the frozen model that is trained on, which picks labels. service: the Plumbline service at the worker's PLUMBLINE_URL, with its PLUMBLINE_API_KEY.",
      ),
    model: name
      .nullable()
      .default(null)
      .describe("at service: the model entry that judges; null is the service's own."),
  })
  .refine(({ at, model }) => at === 'service' || model === null, {
    message: 'is a model entry of a service: leave it out, or have judge.at be "service"',
    path: ['model'],
  })
export type JudgeSettings = z.infer<typeof judgeSettings>
