import { lastUserText } from '../../protocol/message.ts'
import type { VerifierResult } from '../../protocol/verify.ts'
import type { Sandbox } from '../../verify/sandbox.ts'
import { verify } from '../../verify/verify.ts'
import type { PairJob } from '../job.ts'

/** Runs every constraint on both responses; each result says which response it looked at. */
export async function verifyPair(job: PairJob, sandbox: Sandbox | undefined): Promise<VerifierResult[]> {
  const prompt = lastUserText(job.prompt)
  const results = await Promise.all(
    job.responses.map((response) =>
      verify(job.constraints, { prompt, response }, { siblings: job.responses.length, sandbox }),
    ),
  )
  return results.flatMap((of, index) => of.map((result) => ({ ...result, response: index })))
}

/**
 * Which response the verifiers decide for, 0 or 1: the one that passes all of them while the other fails one.
 * Null leaves it to the rubric: both pass, both fail, or a verifier could not tell (OpenRS puts verifiable
 * checks before the rubric, systems.md 3.3; here all constraints count, not only the first).
 */
export function decide(results: VerifierResult[]): 0 | 1 | null {
  const of = (index: number) => results.filter((result) => result.response === index)
  const passes = (index: number) => of(index).length > 0 && of(index).every(({ passed }) => passed === true)
  const fails = (index: number) => of(index).some(({ passed }) => passed === false)
  if (passes(0) && fails(1)) return 0
  if (passes(1) && fails(0)) return 1
  return null
}
