import * as z from 'zod'
import type { VerifierSpec } from './compose/spec.ts'
import type { Sandbox } from './sandbox.ts'

/** What a verifier may look at. */
export type Subject = {
  prompt: string | null
  response: string
  /** The part of the full allowance of work that this check may use, above 0 and at most 1. */
  share: number
  /** Where programs run, if there is such a place. */
  sandbox: Sandbox | null
  /** Runs another verifier, for one that is made of others: on the response, or on a part of it. Never throws. */
  check(spec: VerifierSpec, of?: { response: string; share?: number }): Promise<Outcome>
}

/** What it found: `passed: null` when it could not tell, and then why in `reason`. */
export type Outcome = { passed: boolean | null; expected: string; received: string; reason?: string }

/**
 * One deterministic check of one response (OpenRS's pointwise verifiable rubric, systems.md 3.2).
 * A plain object: what it takes (`schema`), and what it finds (`run`). It never throws on any response.
 */
export type Verifier<Kind extends string, Schema extends z.ZodType<{ kind: Kind }>> = {
  kind: Kind
  /** One sentence for the docs. */
  summary: string
  schema: Schema
  run(spec: z.infer<Schema>, subject: Subject): Outcome | Promise<Outcome>
}

/** Ties the type of `schema` to that of `run`. */
export function defineVerifier<Kind extends string, Schema extends z.ZodType<{ kind: Kind }>>(
  verifier: Verifier<Kind, Schema>,
): Verifier<Kind, Schema> {
  return verifier
}

/** The caller's own name for a verifier; results carry it in place of the kind. */
export const verifierName = z.string().min(1).max(128).optional()

/** For zod's `refine`: arguments that can't work are the caller's `invalid_verifier`, not a failed check. */
export function invalidVerifier(message: string) {
  return { message, params: { code: 'invalid_verifier' } } as const
}
