import type { VerifierSpec } from './spec.ts'

/** Verifiers in one, those inside it included, and levels of them. */
export const COMPOSITE_LIMITS = { verifiers: 64, depth: 8 } as const

/** What a verifier is made of, directly. */
export function partsOf(spec: VerifierSpec): VerifierSpec[] {
  if ('of' in spec) return Array.isArray(spec.of) ? spec.of : [spec.of]
  return spec.kind === 'when' ? [spec.if, spec.then, ...(spec.else ? [spec.else] : [])] : []
}

/** How many verifiers one is, those inside it included. */
export function countVerifiers(spec: VerifierSpec): number {
  return partsOf(spec).reduce((sum, part) => sum + countVerifiers(part), 1)
}

/** Levels of verifiers, from 1. */
export function depthOf(spec: VerifierSpec): number {
  return 1 + Math.max(0, ...partsOf(spec).map(depthOf))
}
