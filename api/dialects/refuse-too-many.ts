import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Dialect } from './dialect.ts'
import type { Sample } from './sample.ts'
import type { DialectSettings } from './settings.ts'

/**
 * Throws `body_too_large`, naming the batch size to set, where more samples are to be judged than the client's patience
 * and the isolate are good for. What a verifier checks needs no model and is as many as a body holds.
 */
export function refuseTooMany(
  samples: readonly Sample[],
  { verifier }: DialectSettings,
  { batchFlag }: Pick<Dialect, 'batchFlag'>,
): void {
  const most = LIMITS.dialectJudged
  if (verifier !== undefined || samples.length <= most) return
  const prompts = new Set(samples.map(({ prompt }) => canonicalJson(prompt))).size
  const size = Math.max(1, Math.floor((most * prompts) / samples.length))
  const way = batchFlag === undefined ? 'send fewer a call' : `set ${batchFlag} to ${size} or less`
  throw new PlumblineError(
    'body_too_large',
    `The body holds ${samples.length} responses of ${prompts} prompts, and ${most} is the most that one call may have judged: ${way}.`,
  )
}
