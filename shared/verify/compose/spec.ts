import * as z from 'zod'
import { verifierName } from '../verifier.ts'
import type { LeafSpec } from '../verifiers.ts'
import { verifierSpec } from '../verifiers.ts'
import type { Over, Select } from './parts.ts'
import { COMPOSITE_LIMITS } from './size.ts'

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

/** A verifier within another. */
export const inner: z.ZodType<VerifierSpec> = z.lazy(() => verifierSpec)

export const inners = z.array(inner).min(1, 'must hold a verifier').max(COMPOSITE_LIMITS.verifiers)

/** The fields that all of them have. */
export const common = { name: verifierName } as const
