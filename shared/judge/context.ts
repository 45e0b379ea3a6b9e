import { seedOf } from '../identity/seed.ts'
import type { LanguageModel } from '../model/language-model.ts'
import type { Memory } from '../model/memory.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { JudgmentEvent } from '../protocol/judgment.ts'
import { inSpan, type Trace } from '../telemetry/trace.ts'
import { callsWithin } from '../telemetry/traced-model.ts'
import type { Sandbox } from '../verify/sandbox.ts'
import type { Failure } from './evidence.ts'
import type { Job } from './job.ts'

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

/** Does a part of a judgment as a span of its own, the model's calls within it. */
export function stage<T>(
  name: string,
  context: JudgeContext,
  work: (context: JudgeContext) => Promise<T>,
): Promise<T> {
  const within = (trace: Trace | undefined) => ({ ...context, model: callsWithin(trace, context.model) })
  return inSpan(context.trace, name, (inner) => work(within(inner)))
}

/** A single vote is greedy with the job's seed; vote i of several is sampled with a seed of its own. */
export async function sampling(
  { votes, seed }: Job,
  vote: number,
): Promise<{ seed: number; temperature: number }> {
  if (votes === 1) return { seed, temperature: 0 }
  return { seed: await seedOf(['vote', seed, vote]), temperature: 1 }
}

/** What a model failed at, as evidence keeps it. Throws what is a mistake of ours. */
export function toFailure(error: unknown): Failure {
  if (PlumblineError.isInstance(error)) return { ...error.data, transient: error.transient }
  throw error
}
