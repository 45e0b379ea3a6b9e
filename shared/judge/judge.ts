import { seedOf } from '../identity/seed.ts'
import type { LanguageModel } from '../model/language-model.ts'
import type { Memory } from '../model/memory.ts'
import { once } from '../model/once.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { JudgmentEvent, MetVerdict } from '../protocol/judgment.ts'
import type { Rubric } from '../protocol/rubric.ts'
import { instantiate } from '../rubric/instantiate.ts'
import { inSpan, type Trace } from '../telemetry/trace.ts'
import { callsWithin } from '../telemetry/traced-model.ts'
import type { Sandbox } from '../verify/sandbox.ts'
import { COMPARERS } from './comparers.ts'
import type { Evidence, Failure, OrderVerdicts, PairEvidence, PointwiseEvidence } from './evidence.ts'
import type { Job, PairJob, PointwiseJob } from './job.ts'
import { Meter, metered } from './meter.ts'
import { GRADERS } from './pointwise.ts'
import { routeJob } from './route-job.ts'
import { rubricTaskOf } from './rubric-task.ts'
import { judgeSingle } from './single.ts'
import { decide, verifyPair } from './verifiers.ts'

/** Everything that a judge needs from outside. */
export type JudgeContext = {
  model: LanguageModel
  /** HMAC key of the fences around candidate text. */
  secret: string
  memory: Memory
  /** Where constraints that are programs run; without it they can't tell. */
  sandbox?: Sandbox
  /** Told of each finding as it is made (server-sent events), in canonical order. */
  report?: (event: Exclude<JudgmentEvent, { event: 'result' | 'error' }>) => void
  signal?: AbortSignal
  /** The judgment's own span. */
  trace?: Trace
}

/**
 * Makes one judgment: verifiers first, which may decide; then one rubric for both orders; then the criteria
 * compared in each order, for each vote. What a model fails at comes back as `evidence.failure` with all that
 * was found until then; it throws only on mistakes of ours.
 */
export async function judge(job: Job, context: JudgeContext): Promise<Evidence> {
  const meter = new Meter(context.model.concurrency)
  const counted = { ...context, model: once(metered(context.model, meter)) }
  const evidence = job.kind === 'pair' ? await judgePair(job, counted) : await judgePoint(job, counted)
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
  const sampled = job.mode === 'single' || COMPARERS[model.verdicts].sampled
  const votes = Array.from({ length: sampled ? job.votes : 1 }, (_, vote) => vote)
  return votes.flatMap((vote) => [{ order: 'forward', vote } as const, { order: 'backward', vote } as const])
}

async function judgeOrder(
  job: PairJob,
  rubric: Rubric | null,
  order: OrderVerdicts['order'],
  vote: number,
  context: JudgeContext,
): Promise<OrderVerdicts> {
  const [first, second] = job.responses
  const shown: [string, string] = order === 'forward' ? [first, second] : [second, first]
  const task = { prompt: job.prompt, shown, reference: job.reference, ...(await sampling(job, vote)) }
  if (job.mode === 'single') {
    return { order, vote, ...(await judgeSingle({ ...task, meta_rubric: job.meta_rubric }, context)) }
  }
  if (rubric === null) throw new Error('A staged judgment has its rubric before its verdicts.')
  const { compare } = COMPARERS[context.model.verdicts]
  return { order, vote, criteria: await compare({ ...task, rubric }, context) }
}

async function judgePoint(
  job: PointwiseJob,
  context: JudgeContext,
): Promise<Omit<PointwiseEvidence, 'spent'>> {
  const found: Omit<PointwiseEvidence, 'spent'> = {
    kind: 'pointwise',
    rubric: job.rubric,
    criteria: [],
    failure: null,
  }
  const { prompt, reference, responses } = job
  const { report } = context
  try {
    const routed = await routedJob(job, found, context)
    const task = await rubricTaskOf(routed)
    const rubric =
      task === null ? job.rubric : await stage('make rubric', context, (inner) => instantiate(task, inner))
    if (rubric === null) throw new Error('A single response has its rubric before its verdicts.')
    found.rubric = rubric
    report?.({ event: 'rubric', data: rubric })
    const { sampled, grade } = GRADERS[context.model.verdicts]
    const votes = Array.from({ length: sampled ? job.votes : 1 }, (_, vote) => vote)
    const graded = await Promise.all(
      votes.map(async (vote) => {
        const met = { prompt, reference, response: responses[0], rubric, ...(await sampling(job, vote)) }
        return stage('grade', context, (inner) => grade(met, inner))
      }),
    )
    found.criteria = meanOf(graded)
    for (const criterion of found.criteria)
      report?.({ event: 'verdict', data: { order: null, vote: 0, criterion } })
  } catch (error) {
    found.failure = toFailure(error)
  }
  return found
}

/** The job once its meta-rubric is settled; `found` says so where the model chose it. */
async function routedJob<J extends Job>(
  job: J,
  found: Pick<Evidence, 'route'>,
  context: JudgeContext,
): Promise<J> {
  const { among } = job
  if (!among) return job
  const { routed, route } = await stage('route', context, (inner) => routeJob(job, among, inner))
  found.route = route
  return routed
}

/** Does a part of a judgment as a span of its own, the model's calls within it. */
function stage<T>(
  name: string,
  context: JudgeContext,
  work: (context: JudgeContext) => Promise<T>,
): Promise<T> {
  const within = (trace: Trace | undefined) => ({ ...context, model: callsWithin(trace, context.model) })
  return inSpan(context.trace, name, (inner) => work(within(inner)))
}

/** The mean over votes of each criterion's probability; text is the first vote's. */
function meanOf(votes: MetVerdict[][]): MetVerdict[] {
  return (votes[0] ?? []).map((first, index) => {
    const met = votes.map((vote) => vote[index]?.met ?? null)
    const known = met.filter((value) => value !== null)
    return {
      ...first,
      met: known.length < met.length ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    }
  })
}

/** A single vote is greedy with the job's seed; vote i of several is sampled with a seed of its own. */
async function sampling({ votes, seed }: Job, vote: number): Promise<{ seed: number; temperature: number }> {
  if (votes === 1) return { seed, temperature: 0 }
  return { seed: await seedOf(['vote', seed, vote]), temperature: 1 }
}

function toFailure(error: unknown): Failure {
  if (PlumblineError.isInstance(error)) return { ...error.data, transient: error.transient }
  throw error
}
