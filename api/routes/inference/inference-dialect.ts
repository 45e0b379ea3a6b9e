import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import type { Rewarded } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'

type Translation<Body> = Omit<Parameters<typeof numbersOnly<Body>>[0], 'alone' | 'patienceMs' | 'name'>

/**
 * The dialect of a client that believes a reward model or a reranker behind the URL: texts without labels, each scored
 * by itself unless the URL compares them, and a number for each or an error.
 */
export function inferenceDialect<Body>(name: string, translation: Translation<Body>): Dialect {
  return numbersOnly({
    ...translation,
    ...{ name, alone: true, patienceMs: null },
  })
}

/**
 * The number told for a sample. Raw: its reward, in the range that `GET` on the URL tells. Else its score, 0..1. The
 * caller's own `on_error` stands as it is.
 */
export function told({ reward, score, substituted }: Rewarded, raw: boolean): number {
  return raw || substituted ? reward : score
}

/** Refuses an `on_error` whose complement, which the reply holds beside it, would be nobody's number. */
export function requireProbability({ on_error: given }: DialectSettings): void {
  if (given === undefined || (given >= 0 && given <= 1)) return
  const message = 'on_error must be from 0 to 1 here: the replies of this URL hold probabilities.'
  throw new PlumblineError('invalid_request', message, { param: 'on_error' })
}

/** What a reply says of where a number is from, beside what its client reads. */
export const originFields = { judgments: z.array(z.string()), substituted: z.boolean() }

export const originOf = ({ judgments, substituted }: Rewarded) => ({ judgments, substituted })

/** Tokens that judges read and wrote for this call: none where the record knew the answer. */
export function tokensOf(scored: readonly Rewarded[]) {
  const sum = (field: 'prompt_tokens' | 'completion_tokens') =>
    scored.reduce((total, { usage }) => total + (usage?.[field] ?? 0), 0)
  const [prompt_tokens, completion_tokens] = [sum('prompt_tokens'), sum('completion_tokens')]
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

/** What a reply of an inference server says of itself; the model's name is the caller's own. */
export function stamp(kind: string, model: string | null | undefined) {
  return {
    id: `${kind}-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: model ?? 'plumbline',
  }
}
