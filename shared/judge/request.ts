import { sha256 } from '../identity/hash.ts'
import { seedOf } from '../identity/seed.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { JudgmentRequest, OrderPolicy, PairRequest } from '../protocol/judgment.ts'
import { toMessages } from '../protocol/message.ts'
import type { MetaRubric, Rubric } from '../protocol/rubric.ts'
import type { Job, PairJob } from './job.ts'
import { turned, type View } from './pair/view.ts'

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
    const { responses, scoring = 'explicit', criteria_per_call = null } = request
    return {
      job: { ...common, kind: 'pointwise', responses, scoring, criteria_per_call, seed },
      view: null,
    }
  }
  refuseMisfits(request)
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
      rubric_from: request.rubric_from ?? 'pair',
      orders: ordersOf(request.orders, swapped),
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

/** In which orders the canonical pair is to be shown, so that the policy finds the scores it looks at. */
function ordersOf(policy: OrderPolicy = 'strict', swapped: boolean): PairJob['orders'] {
  if (policy !== 'forward' && policy !== 'backward') return 'both'
  return swapped ? turned(policy) : policy
}

/** Throws `invalid_request` for what the protocol of the pair would have to leave unheeded. */
function refuseMisfits({
  protocol = 'openrs',
  mode,
  rubric,
  rubric_from,
  meta_rubric,
  votes,
}: PairRequest): void {
  if (protocol !== 'openrs' && mode !== undefined) {
    throw misfit('mode', `mode is for protocol openrs, and protocol ${protocol} has none: leave it out.`)
  }
  if (mode === 'single' && rubric !== undefined) {
    throw misfit(
      'rubric',
      'mode single makes a rubric of its own in each order: leave out rubric, or use mode staged.',
    )
  }
  if (rubric_from !== undefined && (protocol !== 'openrs' || mode === 'single' || rubric !== undefined)) {
    throw misfit(
      'rubric_from',
      'rubric_from is for protocol openrs in mode staged without a rubric of its own: leave it out.',
    )
  }
  for (const [param, given] of Object.entries({ rubric, meta_rubric })) {
    if (protocol !== 'direct' || given === undefined) continue
    throw misfit(param, `protocol direct judges without a rubric: leave out ${param}, or use rubric-arm.`)
  }
  if (protocol === 'rubric-arm' && (votes ?? 1) % 2 === 0) {
    throw misfit(
      'votes',
      `protocol rubric-arm takes the majority of its votes, so that ${votes} may come out even: give an odd number.`,
    )
  }
}

const misfit = (param: string, message: string) => new PlumblineError('invalid_request', message, { param })

async function canonicalPair([first, second]: [string, string]): Promise<{
  responses: [string, string]
  swapped: boolean
}> {
  const [firstHash, secondHash] = await Promise.all([sha256(first), sha256(second)])
  const swapped = secondHash < firstHash
  return { responses: swapped ? [second, first] : [first, second], swapped }
}
