import * as z from 'zod'
import { exact } from './exact.ts'

/** Every verifier, one file each. */
export const VERIFIERS = { exact } as const

export const verifierSpec = z.discriminatedUnion('kind', [exact.schema]).meta({ id: 'Verifier' })
export type VerifierSpec = z.infer<typeof verifierSpec>
