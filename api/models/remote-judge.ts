import {
  type Evidence,
  type Failure,
  NOTHING_SPENT,
  type OrderVerdicts,
  type PairEvidence,
  type PointwiseEvidence,
} from '../../shared/judge/evidence.ts'
import type { Job } from '../../shared/judge/job.ts'
import { type ErrorData, errorBody, PlumblineError } from '../../shared/protocol/error.ts'
import {
  type Judgment,
  type JudgmentEvent,
  type JudgmentRequest,
  judgment,
  type OrderResult,
  type PairJudgment,
  type PointwiseJudgment,
} from '../../shared/protocol/judgment.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { limitedFetch, type Outbound } from './limited-fetch.ts'
import { failedReply, readJson } from './model-reply.ts'

/** What judging elsewhere needs from outside. */
export type RemoteJudgeContext = Outbound & {
  /** Told of what the answer holds, once it is there. */
  report?: (event: Exclude<JudgmentEvent, { event: 'result' | 'error' }>) => void
  signal?: AbortSignal
}

/**
 * Has the judgment made by the server of an entry with `judges: "there"`, as one native request, and turns
 * the answer back into evidence. Failures come back as `evidence.failure`, as those of `judge` do.
 */
export async function judgeThere(
  job: Job,
  entry: ModelEntry,
  { report, signal, ...outbound }: RemoteJudgeContext,
): Promise<Evidence> {
  try {
    const body = JSON.stringify(toRequest(job, entry))
    const answer = await readJudgment(
      entry,
      await limitedFetch(entry, '/judgments', body, outbound, signal),
      outbound,
    )
    const evidence = toEvidence(job, answer)
    if (report) reportAll(evidence, report)
    return evidence
  } catch (error) {
    if (PlumblineError.isInstance(error)) return failed(job, { ...error.data, transient: error.transient })
    throw error
  }
}

/** The job as a request whose view is the evidence itself: canonical order, strict, every default written out. */
function toRequest(job: Job, entry: ModelEntry): JudgmentRequest {
  const common = {
    prompt: job.prompt,
    meta_rubric: `${job.meta_rubric.name}@${job.meta_rubric.version}`,
    votes: job.votes,
    model: entry.model,
    seed: job.seed,
    cache: 'off',
    ...(job.reference !== null && { reference: job.reference }),
    ...(job.rubric !== null && {
      rubric: { ...job.rubric, meta_rubric: job.rubric.meta_rubric ?? undefined },
    }),
  } as const
  if (job.kind === 'pointwise') return { ...common, protocol: 'pointwise', responses: job.responses }
  const { responses, constraints, mode } = job
  return { ...common, protocol: 'openrs', responses, constraints, mode, orders: 'strict' }
}

async function readJudgment(entry: ModelEntry, reply: Response, outbound: Outbound): Promise<Judgment> {
  if (!reply.ok) throw await refusal(entry, reply, outbound)
  const parsed = judgment.safeParse(await readJson(entry, reply))
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
  const { code, message, param } = parsed.data.error
  return new PlumblineError(code, message, { param, transient: isTransient(parsed.data.error) })
}

function toEvidence(job: Job, answer: Judgment): Evidence {
  if (job.kind === 'pair' && answer.protocol === 'openrs') return toPairEvidence(job.responses, answer)
  if (job.kind === 'pointwise' && answer.protocol === 'pointwise') return toPointwiseEvidence(answer)
  throw new PlumblineError('reply_invalid', `The worker answered a ${job.kind} job with ${answer.protocol}.`)
}

function toPairEvidence([first, second]: [string, string], answer: PairJudgment): PairEvidence {
  const { rubric, verifiers, usage, error } = answer
  const ofAnOrder = answer.orders.some((order) => order.error?.message === error?.message)
  return {
    kind: 'pair',
    identical: first === second,
    rubric,
    orders: answer.orders.map(toVerdicts),
    verifiers,
    spent: spentOf(usage),
    failure: error === null || ofAnOrder ? null : { ...error, transient: isTransient(error) },
  }
}

/** An order with verdicts has no failure of its own: what aggregation finds is found again when it is shown. */
function toVerdicts({ score: _, error, ...order }: OrderResult): OrderVerdicts {
  return error === undefined || order.criteria.length > 0 ? order : { ...order, error }
}

function toPointwiseEvidence({ rubric, criteria, usage, error }: PointwiseJudgment): PointwiseEvidence {
  const failure = error === null ? null : { ...error, transient: isTransient(error) }
  return { kind: 'pointwise', rubric, criteria, spent: spentOf(usage), failure }
}

function spentOf({ judge_calls, prompt_tokens, completion_tokens, cached_tokens }: Judgment['usage']) {
  return { judge_calls, prompt_tokens, completion_tokens, cached_tokens }
}

/** Failures of a worker that may be gone the next time; the others come back for the same texts. */
function isTransient({ code }: ErrorData): boolean {
  return TRANSIENT.has(code)
}

const TRANSIENT: ReadonlySet<ErrorData['code']> = new Set([
  'internal',
  'overloaded',
  'loading',
  'rate_limited',
  'deadline_exceeded',
  'model_unreachable',
  'model_timeout',
])

function failed(job: Job, failure: Failure): Evidence {
  const common = { rubric: null, spent: NOTHING_SPENT, failure }
  if (job.kind === 'pointwise') return { ...common, kind: 'pointwise', criteria: [] }
  const [first, second] = job.responses
  return { ...common, kind: 'pair', identical: first === second, orders: [], verifiers: [] }
}

function reportAll(evidence: Evidence, report: NonNullable<RemoteJudgeContext['report']>): void {
  if (evidence.rubric) report({ event: 'rubric', data: evidence.rubric })
  if (evidence.kind === 'pointwise') {
    for (const criterion of evidence.criteria) {
      report({ event: 'verdict', data: { order: null, vote: 0, criterion } })
    }
    return
  }
  for (const result of evidence.verifiers) report({ event: 'verifier', data: result })
  for (const { order, vote, criteria } of evidence.orders) {
    for (const criterion of criteria) report({ event: 'verdict', data: { order, vote, criterion } })
  }
}
