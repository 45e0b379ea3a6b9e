import { openArlRr } from '../../../gpu-worker/train/arl-rr/open-arl-rr.ts'
import type { Ground } from '../../../gpu-worker/train/ground.ts'
import type { StepReport } from '../../../gpu-worker/train/method.ts'
import { toEnd } from '../../../gpu-worker/train/testing/tiny-base.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { type ArlRrExample, arlRrExample, arlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import { KIND_NAMES, type KindName } from '../constraints/constraint.ts'
import { makeRequests } from '../constraints/requests.ts'

/** A policy of 135 million parameters that writes texts under constraints, by meta-classes of them. */
const CLASSES: Readonly<Record<string, string>> = {
  change_case: 'style',
  punctuation: 'style',
  keywords: 'content',
  length_constraints: 'length',
  detectable_format: 'form',
  detectable_content: 'form',
  startend: 'form',
}
const classOf = (kind: KindName) => CLASSES[kind.split(':')[0] ?? ''] ?? 'form'

/** Requests with their verifiers by meta-class. */
export function constraintRequests(count: number, seed: number): ArlRrExample[] {
  return makeRequests({ seed, count, kinds: KIND_NAMES }).map(({ prompt, constraints }) => {
    const verifiers = Map.groupBy(constraints, ({ kind }) => classOf(kind))
    const byClass = Array.from(verifiers, ([name, of]) => [name, of.map(({ verifier }) => verifier)])
    return parseWith(arlRrExample, { prompt, verifiers: Object.fromEntries(byClass) })
  })
}

/** Trains it by an objective for so many steps. */
export async function learnConstraints(
  ground: Ground,
  scratch: string,
  given: { objective: object; steps: number; seed: number },
): Promise<StepReport[]> {
  const settings = parseWith(arlRrSettings, {
    ...{ lora: { rank: 16, alpha: 32 }, optimiser: { learning_rate: 1e-3 }, kl: 0 },
    ...{ prompts: 6, group_size: 6, max_new_tokens: 40, max_tokens: 256, batch_tokens: 4096 },
    ...{ steps: given.steps, phase_steps: Math.max(1, Math.round(given.steps / 4)), seed: given.seed },
    ...{ held_out: { share: 0.1, most: 24 } },
    ...given.objective,
  })
  const { method } = await openArlRr({
    ...{ ground, settings, scratch },
    examples: constraintRequests(400, 11),
    validation: constraintRequests(64, 12),
    rewarding: { judge: () => Promise.reject(new Error('nobody is to be asked')) },
  })
  const reports = await toEnd(method)
  for (const trainer of method.roles.values()) trainer.dispose()
  return reports
}
