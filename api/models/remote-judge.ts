import {
  type Evidence,
  type Failure,
  NOTHING_SPENT,
  type OrderVerdicts,
  type PairEvidence,
  type PointwiseEvidence,
} from '../../shared/judge/evidence.ts'
import type { Finding } from '../../shared/judge/findings.ts'
import type { Job } from '../../shared/judge/job.ts'
import { scorePointwise } from '../../shared/judge/pointwise/score.ts'
import { errorBody, PlumblineError } from '../../shared/protocol/error.ts'
import {
  type CacheMode,
  type Judgment,
  type JudgmentRequest,
  judgment,
  type OrderPolicy,
  type OrderResult,
  type PairJudgment,
  type PointwiseJudgment,
} from '../../shared/protocol/judgment.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { isTransient, raised } from '../../shared/protocol/transient.ts'
import { nameOf } from '../../shared/rubric/name.ts'
import { readJudgmentStream } from './judgment-stream.ts'
import { limitedFetch, type Outbound } from './limited-fetch.ts'
import { inModelCall } from './model-call-span.ts'
import { failedReply, readJson } from './model-reply.ts'

/** What judging elsewhere needs from outside. */
export type RemoteJudgeContext = Outbound & {
  /** Told of each finding as the worker makes it, in canonical order; without it nothing is streamed. */
  report?: (finding: Finding) => void
  /** Whether the worker may take what it remembers of earlier judgments. */
  cache: CacheMode
  signal?: AbortSignal
}

/**
 * Has the judgment made by the server of an entry with `judges: "there"`, as one native request, and turns
 * the answer back into evidence. Failures come back as `evidence.failure`, as those of `judge` do.
 */
export async function judgeThere(
  job: Job,
  entry: ModelEntry,
  { report, cache, signal, ...outbound }: RemoteJudgeContext,
): Promise<Evidence> {
  try {
    const body = JSON.stringify({ ...toRequest(job, entry), cache, stream: report !== undefined })
    return await inModelCall(outbound.trace, entry, 'judge', async (trace) => {
      const within = trace ? { ...outbound, trace } : outbound
      const reply = await limitedFetch(entry, '/judgments', body, within, signal)
      if (!reply.ok) throw await refusal(entry, reply, outbound)
      const streamed = report && reply.headers.get('content-type')?.startsWith('text/event-stream')
      const answer =
        streamed && reply.body
          ? await readJudgmentStream(reply.body, report)
          : readJudgment(entry, await readJson(entry, reply))
      return toEvidence(job, answer)
    })
  } catch (error) {
    if (PlumblineError.isInstance(error)) return failed(job, { ...error.data, transient: error.transient })
    throw error
  }
}

/** The job as a request whose view is the evidence itself: canonical order, strict, every default written out. */
function toRequest(job: Job, entry: ModelEntry): JudgmentRequest {
  const common = {
    prompt: job.prompt,
    // By value: a worker has those alone that ship.
    meta_rubric: job.among ?? job.meta_rubric,
    votes: job.votes,
    model: entry.model,
    seed: job.seed,
    ...(job.reference !== null && { reference: job.reference }),
    ...(job.rubric !== null && {
      rubric: { ...job.rubric, meta_rubric: job.rubric.meta_rubric ?? undefined },
    }),
  } as const
  if (job.kind === 'pointwise') {
    const { responses, scoring, criteria_per_call } = job
    const sized = criteria_per_call === null ? {} : { criteria_per_call }
    return { ...common, protocol: 'pointwise', responses, scoring, ...sized }
  }
  const { protocol, responses, constraints, mode, rubric_from } = job
  const orders: OrderPolicy = job.orders === 'both' ? 'strict' : job.orders
  const pair = { ...common, protocol, responses, constraints, orders }
  const ofPrompt = rubric_from === 'prompt' && job.rubric === null ? { rubric_from } : {}
  if (protocol === 'openrs') return { ...pair, mode, ...ofPrompt }
  return protocol === 'direct' ? { ...pair, meta_rubric: undefined } : pair
}

function readJudgment(entry: ModelEntry, answer: unknown): Judgment {
  const parsed = judgment.safeParse(answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') || 'its body'
  throw new PlumblineError(
    'reply_invalid',
    `The worker of '${entry.id}' did not answer with a judgment (${where} is wrong): run the same version at both ends.`,
  )
}

/** A worker's own error when it sent one, else that of any model server. */
async function refusal(entry: ModelEntry, reply: Response, outbound: Outbound): Promise<PlumblineError> {
  const parsed = errorBody.safeParse(
    await reply
      .clone()
      .json()
      .catch(() => null),
  )
  if (!parsed.success || reply.status === 401) return failedReply(entry, reply, outbound.environment)
  return raised(parsed.data.error)
}

function toEvidence(job: Job, answer: Judgment): Evidence {
  const { route } = answer
  if (route && !job.among?.some((meta) => nameOf(meta) === route.meta_rubric)) {
    const message = `The worker routed the prompt to ${route.meta_rubric}, which was not to be chosen from: run the same version at both ends.`
    throw new PlumblineError('reply_invalid', message)
  }
  return { ...evidenceOf(job, answer), ...(route && { route }) }
}

function evidenceOf(job: Job, answer: Judgment): Evidence {
  if (job.kind === 'pair' && answer.protocol === job.protocol) return toPairEvidence(job.responses, answer)
  if (job.kind === 'pointwise' && answer.protocol === 'pointwise') return toPointwiseEvidence(answer)
  throw new PlumblineError('reply_invalid', `The worker answered a ${job.kind} job with ${answer.protocol}.`)
}

function toPairEvidence([first, second]: [string, string], answer: PairJudgment): PairEvidence {
  const { rubric, verifiers, usage, error } = answer
  const ofAnOrder = answer.orders.some((order) => order.error?.message === error?.message)
  return {
    kind: 'pair',
    protocol: answer.protocol,
    identical: first === second,
    rubric,
    orders: answer.orders.map(toVerdicts),
    verifiers,
    spent: spentOf(usage),
    failure: error === null || ofAnOrder ? null : { ...error, transient: isTransient(error.code) },
  }
}

/** An order with verdicts has no failure of its own: what aggregation finds is found again when it is shown. */
function toVerdicts({ score: _, error, ...order }: OrderResult): OrderVerdicts {
  return error === undefined || order.criteria.length > 0 ? order : { ...order, error }
}

/** What scoring finds wrong, it finds again when the evidence is shown: only what the model failed at is a failure. */
function toPointwiseEvidence(answer: PointwiseJudgment): PointwiseEvidence {
  const { scoring, rubric, criteria, rating = null, usage, error } = answer
  const found = { scoring, criteria, rating }
  const again = scorePointwise(found, rubric?.criteria ?? [], null).error?.message === error?.message
  return {
    kind: 'pointwise',
    ...found,
    rubric,
    spent: spentOf(usage),
    failure: error === null || again ? null : { ...error, transient: isTransient(error.code) },
  }
}

function spentOf({ judge_calls, prompt_tokens, completion_tokens, cached_tokens }: Judgment['usage']) {
  return { judge_calls, prompt_tokens, completion_tokens, cached_tokens }
}

function failed(job: Job, failure: Failure): Evidence {
  const common = { rubric: null, spent: NOTHING_SPENT, failure }
  if (job.kind === 'pointwise') {
    return { ...common, kind: 'pointwise', scoring: job.scoring, criteria: [], rating: null }
  }
  const [first, second] = job.responses
  return {
    ...common,
    kind: 'pair',
    protocol: job.protocol,
    identical: first === second,
    orders: [],
    verifiers: [],
  }
}
