import type { JudgmentEvent } from '../protocol/judgment.ts'
import type { Rubric } from '../protocol/rubric.ts'
import type { Evidence } from './evidence.ts'
import type { Job } from './job.ts'
import type { LanguageModel } from './language-model.ts'

/**
 * What earlier judgments made and this one may use again: an intent analysis a prompt, a rubric a pair.
 * Keys are hashes made by the judge. The desk runs one judgment of a key at a time, and one maker a key.
 */
export type Memory = {
  /** The value of a key, or what `make` returns, which is kept. Concurrent calls of a key share one `make`. */
  recall<T>(key: string, make: () => Promise<T>): Promise<T>
}

/** Everything that a judge needs from outside. */
export type JudgeContext = {
  model: LanguageModel
  /** HMAC key of the fences around candidate text. */
  secret: string
  memory: Memory
  /** Told of each finding as it is made (server-sent events). */
  report?: (event: Exclude<JudgmentEvent, { event: 'result' | 'error' }>) => void
  signal?: AbortSignal
}

export type { Evidence, Job, Rubric }

/** Makes one judgment. Model failures come back as `evidence.failure`; it throws only on our own mistakes. */
export async function judge(_job: Job, _context: JudgeContext): Promise<Evidence> {
  throw new Error('judge: written in this change set')
}
