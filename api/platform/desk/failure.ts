import type { Filed } from '../../../shared/judge/filed.ts'
import { present } from '../../../shared/judge/present.ts'
import { isTransient } from '../../../shared/protocol/transient.ts'

/**
 * A judgment without a score is a failure, whoever's: null when there is a score, else whether it may be gone
 * at the next try.
 */
export function failureOf(filed: Filed): { transient: boolean } | null {
  const { score, error } = present(filed, null, 'miss')
  if (score !== null) return null
  return { transient: filed.evidence.failure?.transient ?? (error !== null && isTransient(error.code)) }
}
