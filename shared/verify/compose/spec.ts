import * as z from 'zod'
import { verifierName } from '../verifier.ts'
import type { LeafSpec } from '../verifiers.ts'
import { verifierSpec } from '../verifiers.ts'
import type { Over, Select } from './parts.ts'

/** A verifier made of others. */
export type CompositeSpec = { name?: string | undefined } & (
  | { kind: 'all' | 'any'; of: VerifierSpec[] }
  | { kind: 'not'; of: VerifierSpec }
  | { kind: 'at_least'; n: number; of: VerifierSpec[] }
  | { kind: 'when'; if: VerifierSpec; then: VerifierSpec; else?: VerifierSpec | undefined }
  | { kind: 'each' | 'some'; over: Over; of: VerifierSpec }
  | { kind: 'part'; select: Select; of: VerifierSpec }
)

/** Any verifier, as its schema reads it: one check, or one made of others. */
export type VerifierSpec = LeafSpec | CompositeSpec

/** Verifiers in one, those inside it included, and levels of them. */
export const COMPOSITE_LIMITS = { verifiers: 64, depth: 8 } as const

/** A verifier within another. */
export const inner: z.ZodType<VerifierSpec> = z.lazy(() => verifierSpec)

export const inners = z.array(inner).min(1, 'must hold a verifier').max(COMPOSITE_LIMITS.verifiers)

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

/** The fields that all of them have. */
export const common = { name: verifierName } as const
