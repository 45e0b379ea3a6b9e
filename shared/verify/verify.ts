import type { VerifierResult } from '../protocol/verify.ts'
import type { Outcome, Subject } from './verifier.ts'
import { VERIFIERS, type VerifierSpec } from './verifiers.ts'

/** Full allowances of work that one call may use, each under a second; more checks than this share them. */
const FULL_CHECKS = 4

/**
 * Runs each verifier on the response, in order. Never throws: one that can't tell gives `passed: null`.
 * `siblings` is how many responses the caller has checked in one go: the work of all is bounded together.
 */
export function verify(
  specs: VerifierSpec[],
  { prompt, response }: Omit<Subject, 'share'>,
  siblings = 1,
): VerifierResult[] {
  const subject = { prompt, response, share: Math.min(1, FULL_CHECKS / (specs.length * siblings)) }
  return specs.map((spec) => {
    const { reason, ...outcome } = attempt(spec, subject)
    const result = { name: spec.name ?? spec.kind, kind: spec.kind, ...outcome }
    if (outcome.passed !== null) return result
    const message = reason ?? 'The verifier could not tell.'
    return { ...result, error: { code: 'verifier_failed', message, type: 'service' } }
  })
}

type Kind = VerifierSpec['kind']
type SpecOf<K extends Kind> = Extract<VerifierSpec, { kind: K }>
const RUN: { [K in Kind]: { run(spec: SpecOf<K>, subject: Subject): Outcome } } = VERIFIERS

function attempt<K extends Kind>(spec: SpecOf<K>, subject: Subject): Outcome {
  try {
    return RUN[spec.kind].run(spec, subject)
  } catch (error) {
    const reason = `The verifier '${spec.kind}' failed: ${error instanceof Error ? error.message : String(error)}`
    return { passed: null, expected: '', received: '', reason }
  }
}
