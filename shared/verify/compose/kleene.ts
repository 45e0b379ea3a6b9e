import type { Outcome, Subject } from '../verifier.ts'
import type { VerifierSpec } from './spec.ts'

/** A verifier with what it found. */
export type Found = { spec: VerifierSpec; outcome: Outcome }

/**
 * Runs verifiers in order until `settled` says that the rest changes nothing: a later one is not run then, which
 * spares its work.
 */
export async function findAll(
  specs: VerifierSpec[],
  { check }: Subject,
  settled: (found: Found[]) => boolean,
): Promise<Found[]> {
  const found: Found[] = []
  for (const spec of specs) {
    found.push({ spec, outcome: await check(spec) })
    if (settled(found)) break
  }
  return found
}

/** How many passed, failed, or could not tell. */
export const count = (found: Found[], passed: boolean | null) =>
  found.filter(({ outcome }) => outcome.passed === passed).length

export const nameOf = (spec: VerifierSpec) => spec.name ?? spec.kind

/** One that passed, failed or could not tell, in words, with the reason of one that could not. */
export function told(found: Found[], passed: boolean | null): Pick<Outcome, 'received' | 'reason'> {
  const one = found.find(({ outcome }) => outcome.passed === passed)
  if (!one) return { received: '' }
  const { expected, received, reason } = one.outcome
  const words = { true: 'passed', false: 'failed', null: 'could not tell' }[`${passed}`]
  return {
    received: `${nameOf(one.spec)} ${words}: expected ${expected}; received ${received}`,
    ...(reason === undefined ? {} : { reason: `${nameOf(one.spec)}: ${reason}` }),
  }
}
