import * as z from 'zod'
import { functionCallPieces, functionCalls } from './function-call.ts'

const topLogprob = z.looseObject({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullish(),
})
const logprobs = z.object({
  content: z.array(topLogprob.extend({ top_logprobs: z.array(topLogprob).nullish() })).nullish(),
})
const finish = z.string().nullish()

/** What the other surfaces read of a whole completion. */
export const completion = z.object({
  id: z.string(),
  created: z.int(),
  model: z.string(),
  choices: z.tuple(
    [
      z.object({
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: functionCalls,
        }),
        logprobs: logprobs.nullish(),
        finish_reason: finish,
        stop_reason: z.unknown().optional(),
      }),
    ],
    z.unknown(),
  ),
  usage: z.unknown().optional(),
  plumbline: z.unknown().optional(),
})
export type Completion = z.infer<typeof completion>
export type Logprobs = NonNullable<z.infer<typeof logprobs>['content']>

/** What they read of an event of a streamed one; the last event of some servers has no choice. */
export const chunk = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: functionCallPieces,
          })
          .nullish(),
        logprobs: logprobs.nullish(),
        finish_reason: finish,
        stop_reason: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
  plumbline: z.unknown().optional(),
})
export type Chunk = z.infer<typeof chunk>
