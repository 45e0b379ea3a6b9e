import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { prompt } from '../../shared/protocol/message.ts'
import { explain, jsonOrNull } from '../../shared/protocol/parse.ts'
import { labelledPair, type RewardRequest } from '../../shared/protocol/reward.ts'
import { rubricInput } from '../../shared/protocol/rubric.ts'

const trainingLabel = z.strictObject({
  prompt: prompt.optional(),
  rubric: z.union([z.string(), rubricInput]).optional(),
  pair: labelledPair,
})

/** The fields of a reward request that a label gives. */
type TrainingLabel = Pick<RewardRequest, 'rubric' | 'pair'> & Partial<Pick<RewardRequest, 'prompt'>>

/**
 * What the label of a sample says where a judge or a rubric generator is trained: JSON with the labelled pair, with the
 * rubric (`rubric-arm/judge`) or the prompt (`rubric-arm/generator`) that the pair answers. The sample's own prompt is
 * what the judge or the generator was told, which is something else. Throws `invalid_request` naming the label.
 */
export function readTrainingLabel(label: string, param: string, protocol: string): TrainingLabel {
  const read = trainingLabel.safeParse(jsonOrNull(label))
  const example = '{"prompt": ..., "rubric": ..., "pair": {"responses": [A, B], "winner": "first"}}'
  if (!read.success) {
    const { message } = explain(read.error)
    const why = `'${param}' must be JSON like ${example} for protocol=${protocol}: ${message}`
    throw new PlumblineError('invalid_request', why, { param })
  }
  if (protocol === 'rubric-arm/generator' && read.data.prompt === undefined) {
    const why = `'${param}' has no prompt, but protocol=${protocol} needs the one that the pair answers: ${example}.`
    throw new PlumblineError('invalid_request', why, { param })
  }
  const { prompt: asked, rubric, pair } = read.data
  return {
    pair,
    ...(asked === undefined ? {} : { prompt: asked }),
    ...(rubric === undefined ? {} : { rubric }),
  }
}
