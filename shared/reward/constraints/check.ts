import { lastUserText, type Message } from '../../protocol/message.ts'
import type { VerifierResult } from '../../protocol/verify.ts'
import type { Sandbox } from '../../verify/sandbox.ts'
import type { VerifierSpec } from '../../verify/verifiers.ts'
import { verify } from '../../verify/verify.ts'

/** Runs verifiers on each distinct text once; the results are found by the text. */
export async function checkTexts(
  texts: readonly string[],
  constraints: VerifierSpec[],
  asked: string | Message[],
  sandbox: Sandbox | undefined,
): Promise<(text: string) => VerifierResult[]> {
  const distinct = [...new Set(texts)]
  const prompt = lastUserText(asked)
  const context = { siblings: distinct.length, sandbox }
  const results = await Promise.all(
    distinct.map((response) => verify(constraints, { prompt, response }, context)),
  )
  const byText = new Map(distinct.map((text, at) => [text, results[at] ?? []]))
  return (text) => byText.get(text) ?? []
}

/** The share of verifiers that passed, 0..1; null, with the reason, where one could not tell. */
export function sharePassed(
  results: VerifierResult[],
): { reward: number } | { reward: null; error?: NonNullable<VerifierResult['error']> } {
  const unsure = results.find(({ passed }) => passed === null)
  if (unsure) return { reward: null, ...(unsure.error && { error: unsure.error }) }
  return { reward: results.filter(({ passed }) => passed).length / results.length }
}
