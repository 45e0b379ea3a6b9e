import { sha256 } from '../identity/hash.ts'
import { seedOf } from '../identity/seed.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { JudgmentRequest } from '../protocol/judgment.ts'
import { toMessages } from '../protocol/message.ts'
import type { MetaRubric, Rubric } from '../protocol/rubric.ts'
import type { Job } from './job.ts'
import type { View } from './view.ts'

/**
 * The job and the view of a request: defaults filled in, the pair in canonical order (by the SHA-256 of the
 * responses), a missing seed derived from the content. `rubric` is the caller's rubric, already resolved and
 * given its id; `among` are the meta-rubrics to route to, where "auto" is asked for. The view is null for a
 * single response.
 */
export async function toJob(
  request: JudgmentRequest,
  rubric: Rubric | null,
  metaRubric: MetaRubric,
  among?: MetaRubric[],
): Promise<{ job: Job; view: View | null }> {
  const prompt = toMessages(request.prompt)
  const common = {
    prompt,
    rubric,
    meta_rubric: metaRubric,
    // a rubric that is given leaves nothing to route
    ...(among && rubric === null && { among }),
    reference: request.reference ?? null,
    votes: request.votes ?? 1,
  }
  if (request.protocol === 'pointwise') {
    const seed = request.seed ?? (await seedOf([prompt, request.responses]))
    return { job: { ...common, kind: 'pointwise', responses: request.responses, seed }, view: null }
  }
  if (request.mode === 'single' && rubric) {
    const advice =
      'mode single makes a rubric of its own in each order: leave out rubric, or use mode staged.'
    throw new PlumblineError('invalid_request', advice, { param: 'rubric' })
  }
  const { responses, swapped } = await canonicalPair(request.responses)
  const seed = request.seed ?? (await seedOf([prompt, responses]))
  return {
    job: {
      ...common,
      kind: 'pair',
      protocol: request.protocol ?? 'openrs',
      responses,
      seed,
      mode: request.mode ?? 'staged',
      constraints: request.constraints ?? [],
    },
    view: {
      swapped,
      policy: request.orders ?? 'strict',
      min_score: request.min_score ?? 0,
      min_confidence: request.min_confidence ?? 0,
    },
  }
}

async function canonicalPair([first, second]: [string, string]): Promise<{
  responses: [string, string]
  swapped: boolean
}> {
  const [firstHash, secondHash] = await Promise.all([sha256(first), sha256(second)])
  const swapped = secondHash < firstHash
  return { responses: swapped ? [second, first] : [first, second], swapped }
}
