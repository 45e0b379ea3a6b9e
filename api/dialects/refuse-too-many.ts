import * as z from 'zod'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Dialect } from './dialect.ts'
import type { Sample } from './sample.ts'
import type { DialectSettings } from './settings.ts'

/**
 * Throws `body_too_large`, naming the batch size to set, where more samples are to be judged than the client's patience
 * and the isolate are good for. What a verifier checks needs no model and is as many as a body holds. The batch size of a
 * client whose samples are scored by themselves counts samples, that of any other prompts.
 */
export function refuseTooMany(
  samples: readonly Sample[],
  { verifier }: DialectSettings,
  { batchFlag, alone }: Pick<Dialect, 'batchFlag' | 'alone'>,
): void {
  const most = LIMITS.dialectJudged
  if (verifier !== undefined || samples.length <= most) return
  const prompts = new Set(samples.map(({ prompt }) => canonicalJson(prompt))).size
  const size = alone ? most : Math.floor((most * prompts) / samples.length)
  const way =
    batchFlag === undefined || size === 0 ? 'send fewer a call' : `set ${batchFlag} to ${size} or less`
  throw new PlumblineError(
    'body_too_large',
    `The body holds ${samples.length} responses of ${prompts} prompts, and ${most} is the most that one call may have judged: ${way}.`,
  )
}

/** The texts of a batch. More than any call may hold are `body_too_large`, naming the batch size to set. */
export const batchOfTexts = (batchFlag: string, text: z.ZodType<string> = z.string()) =>
  z.array(text).refine((texts) => texts.length <= LIMITS.dialectResponses, {
    params: { code: 'body_too_large' satisfies ErrorCode },
    message: `must hold at most ${LIMITS.dialectResponses} texts: set a smaller ${batchFlag}`,
  })
