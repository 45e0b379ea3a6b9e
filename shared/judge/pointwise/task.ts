import { fence } from '../../model/fence.ts'
import { NEUTRAL, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import type { MetVerdict } from '../../protocol/pointwise.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import type { PointwiseJob } from '../job.ts'
import type { ComparisonContext } from '../pair/comparer.ts'

/** A response with its prompt and reference between their fences, for the holes of a template. */
export type ShownResponse = Awaited<ReturnType<typeof showResponse>>

/** One response, the criteria that it is held against at once, and how the reply is sampled. */
export type MetTask = { shown: ShownResponse; criteria: Criterion[]; seed: number; temperature: number }

/** Says of each criterion, in their order, whether the response meets it. Throws `PlumblineError` when the model fails. */
export type Grader = (task: MetTask, context: ComparisonContext) => Promise<MetVerdict[]>

type Subject = Pick<PointwiseJob, 'prompt' | 'reference' | 'responses'>

/** Fences a response once for all questions about it. */
export async function showResponse({ prompt, responses, reference }: Subject, secret: string) {
  return {
    'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)),
    'fenced:response': await fence(secret, 'response', responses[0]),
    ...(await showReference(secret, reference)),
  } as const
}

/** What a neutral question shows in the place of a response. */
export function showNeutral(secret: string): Promise<ShownResponse> {
  return showResponse(
    { prompt: [{ role: 'user', content: NEUTRAL }], responses: [NEUTRAL], reference: null },
    secret,
  )
}
