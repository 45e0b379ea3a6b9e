import * as z from 'zod'
import { prompt } from '../message.ts'
import { parseWith } from '../parse.ts'
import { epochFields } from './epochs.ts'
import { advantageKind, policyFields } from './policy.ts'
import { trainingFields } from './training.ts'

/**
 * Training on groups of completions that were rewarded elsewhere, such as the edits of a refinement policy (OpenRS,
 * systems.md 3.4; our reconstruction).
 */
export const recordedSettings = z
  .strictObject({
    ...trainingFields,
    ...epochFields,
    inner_iterations: policyFields.inner_iterations,
    clip_low: policyFields.clip_low,
    clip_high: policyFields.clip_high,
    kl: policyFields.kl,
    advantages: advantageKind.default('asymmetric'),
  })
  .meta({ id: 'RecordedSettings' })
export type RecordedSettings = z.infer<typeof recordedSettings>

const completion = z.strictObject({
  text: z
    .string()
    .refine((value) => value.isWellFormed(), 'holds a lone surrogate: send well-formed Unicode'),
  finish: z
    .enum(['stop', 'length'])
    .default('stop')
    .describe('length: the text was cut off, so that it does not end where the reply would.'),
  reward: z.number().nullable().describe('null is left out and counted.'),
})

/** A line of a training file, as `plumbline refine --groups` writes it. */
export const recordedExample = z
  .strictObject({ prompt, completions: z.array(completion).min(2, 'must hold two completions').max(256) })
  .meta({ id: 'RecordedExample' })
export type RecordedExample = z.infer<typeof recordedExample>

/** Throws one `PlumblineError` for the first thing that is wrong with the line. */
export const readRecordedExample = (line: object): RecordedExample => parseWith(recordedExample, line)
