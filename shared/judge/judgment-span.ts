import { leavesOf } from '../rubric/tree.ts'
import { tokenAttributes } from '../telemetry/gen-ai.ts'
import type { Attributes, Trace } from '../telemetry/trace.ts'
import type { JudgeContext } from './context.ts'
import type { Evidence } from './evidence.ts'
import type { Job } from './job.ts'
import { judge } from './judge.ts'

/** Makes a judgment as a span of the trace, if there is one. */
export function judgeWithin(
  trace: Trace | undefined,
  job: Job,
  context: Omit<JudgeContext, 'trace'>,
): Promise<Evidence> {
  if (!trace) return judge(job, context)
  const make = async (span: Trace) => noted(span, await judge(job, { ...context, trace: span }))
  return trace.span('judgment', make, { attributes: jobAttributes(job) })
}

/** What the span of a judgment says of what is asked: its kind and size, none of its text. */
export function jobAttributes(job: Job): Attributes {
  const mode = job.kind === 'pair' ? { 'plumbline.mode': job.mode } : {}
  return { 'plumbline.kind': job.kind, 'plumbline.votes': job.votes, ...mode }
}

/** The same evidence, once the span says what was found. A judgment that failed has a failed span, by its code. */
export function noted(span: Trace, evidence: Evidence): Evidence {
  const { rubric, spent, failure } = evidence
  const { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: cached } = spent
  span.note({
    'plumbline.criteria': leavesOf(rubric?.criteria ?? []).length,
    'plumbline.judge_calls': spent.judge_calls,
    ...tokenAttributes({ prompt, completion, cached }),
  })
  if (failure !== null) span.fail(failure.code)
  return evidence
}
