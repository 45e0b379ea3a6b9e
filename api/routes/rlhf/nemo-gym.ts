import type { RubricInput } from '../../../shared/protocol/rubric.ts'
import type { Dialect } from '../../dialects/dialect.ts'

/** NeMo-Gym's `principle` as a rubric of one criterion; nothing where there is none. */
export function principleRubric(principle: string | null | undefined): { rubric?: RubricInput } {
  const description = principle?.toWellFormed().trim()
  if (!description) return {}
  return {
    rubric: { criteria: [{ id: 'principle', level: 'core', title: 'Follows the principle', description }] },
  }
}

/**
 * Gym repeats a call for ever on 503, and three times on 500 (contracts.md 2.5): a failure that would come again must not
 * keep it waiting.
 */
export const refuseAsNemoGym: NonNullable<Dialect['refuse']> = ({ code, status, data, transient }) => ({
  body: { error: { ...data, param: data.param ?? null } },
  status: code === 'not_scored' && !transient ? 500 : status,
})
