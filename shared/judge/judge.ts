import { once } from '../model/once.ts'
import type { Rubric } from '../protocol/rubric.ts'
import { instantiate } from '../rubric/instantiate.ts'
import { inSpan } from '../telemetry/trace.ts'
import { type JudgeContext, sampling, stage, toFailure } from './context.ts'
import type { Evidence, OrderVerdicts, PairEvidence } from './evidence.ts'
import type { Job, PairJob } from './job.ts'
import { Meter, metered } from './meter.ts'
import { decide, verifyPair } from './pair/verifiers.ts'
import { wayOf } from './pair/ways.ts'
import { judgeResponse } from './pointwise/judge-response.ts'
import { routedJob } from './route-job.ts'
import { rubricTaskOf } from './rubric-task.ts'

/**
 * Makes one judgment: verifiers first, which may decide; then one rubric for both orders; then the criteria
 * compared in each order, for each vote. What a model fails at comes back as `evidence.failure` with all that
 * was found until then; it throws only on mistakes of ours.
 */
export async function judge(job: Job, context: JudgeContext): Promise<Evidence> {
  const meter = new Meter(context.model.concurrency)
  const counted = { ...context, model: once(metered(context.model, meter)) }
  const evidence = job.kind === 'pair' ? await judgePair(job, counted) : await judgeResponse(job, counted)
  return { ...evidence, spent: await meter.close() }
}

async function judgePair(job: PairJob, context: JudgeContext): Promise<Omit<PairEvidence, 'spent'>> {
  const { report } = context
  const found: Omit<PairEvidence, 'spent'> = {
    kind: 'pair',
    protocol: job.protocol,
    identical: job.responses[0] === job.responses[1],
    rubric: job.rubric,
    orders: [],
    verifiers: [],
    failure: null,
  }
  if (found.identical) return found
  const verified = job.constraints.length > 0 ? context.trace : undefined
  found.verifiers = await inSpan(verified, 'verify', () => verifyPair(job, context.sandbox))
  for (const result of found.verifiers) report?.({ event: 'verifier', data: result })
  if (decide(found.verifiers) !== null) return found
  try {
    const routed = await routedJob(job, found, context)
    const task = await rubricTaskOf(routed)
    if (task !== null) found.rubric = await stage('make rubric', context, (inner) => instantiate(task, inner))
    if (found.rubric !== null) report?.({ event: 'rubric', data: found.rubric })
    const passes = await Promise.allSettled(
      passesOf(job, context).map(async ({ order, vote }) => {
        const pass = await stage(`compare ${order}`, context, (inner) =>
          judgeOrder(routed, found.rubric, order, vote, inner),
        )
        for (const criterion of pass.criteria)
          report?.({ event: 'verdict', data: { order, vote, criterion } })
        if (pass.opinion) report?.({ event: 'opinion', data: { order, vote, opinion: pass.opinion } })
        return pass
      }),
    )
    found.orders = passes.flatMap((pass) => (pass.status === 'fulfilled' ? [pass.value] : []))
    const failed = passes.find((pass) => pass.status === 'rejected')
    if (failed) throw failed.reason
  } catch (error) {
    found.failure = toFailure(error)
  }
  return found
}

function passesOf(job: PairJob, { model }: JudgeContext) {
  const votes = Array.from({ length: wayOf(job).sampled(model.verdicts) ? job.votes : 1 }, (_, vote) => vote)
  const orders = job.orders === 'both' ? (['forward', 'backward'] as const) : [job.orders]
  return votes.flatMap((vote) => orders.map((order) => ({ order, vote })))
}

async function judgeOrder(
  job: PairJob,
  rubric: Rubric | null,
  order: OrderVerdicts['order'],
  vote: number,
  context: JudgeContext,
): Promise<OrderVerdicts> {
  const { prompt, reference, meta_rubric } = job
  const [first, second] = job.responses
  const shown: [string, string] = order === 'forward' ? [first, second] : [second, first]
  const task = { prompt, shown, reference, rubric, meta_rubric, ...(await sampling(job, vote)) }
  return { order, vote, ...(await wayOf(job).judge(task, context)) }
}
