import type { VerifierResult } from '../protocol/verify.ts'
import { countVerifiers } from './compose/size.ts'
import type { Sandbox } from './sandbox.ts'
import type { Outcome, Subject } from './verifier.ts'
import { VERIFIERS, type VerifierSpec } from './verifiers.ts'

/** Full allowances of work that one call may use, each under a second; more checks than this share them. */
const FULL_CHECKS = 4

/**
 * Characters that a full allowance lets a check go over: the slowest that reads a text once takes a second or so for
 * them. Checks whose work grows faster count it themselves.
 */
const MAX_CHARACTERS = 5_000_000

/** What checking needs beside the text. */
export type VerifyContext = {
  /** How many responses the caller has checked in one go: the work of all is bounded together. Default 1. */
  siblings?: number
  /** Where programs run; without it a verifier that needs one can't tell. */
  sandbox?: Sandbox | undefined
}

/** Runs each verifier on the response, in order. Never throws: one that can't tell gives `passed: null`. */
export async function verify(
  specs: VerifierSpec[],
  { prompt, response }: Pick<Subject, 'prompt' | 'response'>,
  { siblings = 1, sandbox }: VerifyContext = {},
): Promise<VerifierResult[]> {
  const verifiers = specs.reduce((sum, spec) => sum + countVerifiers(spec), 0)
  const share = Math.min(1, FULL_CHECKS / (verifiers * siblings))
  const subject = subjectOf({ prompt, response, share, sandbox: sandbox ?? null })
  const results: VerifierResult[] = []
  for (const spec of specs) {
    const { reason, ...outcome } =
      response.length > MAX_CHARACTERS * share ? tooLong(response) : await attempt(spec, subject)
    const result = { name: spec.name ?? spec.kind, kind: spec.kind, ...outcome }
    const message = reason ?? 'The verifier could not tell.'
    results.push(
      outcome.passed === null
        ? { ...result, error: { code: 'verifier_failed', message, type: 'service' } }
        : result,
    )
  }
  return results
}

function tooLong({ length }: string): Outcome {
  const received = `${length} characters`
  const reason = 'The responses are too long for so many checks in one call: send fewer of either.'
  return { passed: null, expected: '', received, reason }
}

function subjectOf(seen: Omit<Subject, 'check'>): Subject {
  const subject: Subject = {
    ...seen,
    check: (spec, part) => attempt(spec, part === undefined ? subject : subjectOf({ ...seen, ...part })),
  }
  return subject
}

type Kind = VerifierSpec['kind']
type SpecOf<K extends Kind> = Extract<VerifierSpec, { kind: K }>
const RUN: { [K in Kind]: { run(spec: SpecOf<K>, subject: Subject): Outcome | Promise<Outcome> } } = VERIFIERS

async function attempt<K extends Kind>(spec: SpecOf<K>, subject: Subject): Promise<Outcome> {
  try {
    return await RUN[spec.kind].run(spec, subject)
  } catch (error) {
    const reason = `The verifier '${spec.kind}' failed: ${error instanceof Error ? error.message : String(error)}`
    return { passed: null, expected: '', received: '', reason }
  }
}
