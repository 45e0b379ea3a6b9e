import { join } from 'node:path'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { arlRrExample, arlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import { dpoSettings, readPreference } from '../../../shared/protocol/training/dpo.ts'
import { pairwiseSettings, readPairwiseExample } from '../../../shared/protocol/training/pairwise.ts'
import { readLabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import { readConversation, supervisedSettings } from '../../../shared/protocol/training/supervised.ts'
import { judgeBy } from '../../../shared/testing/number-judge.ts'
import { openArlRr } from '../arl-rr/open-arl-rr.ts'
import { openDpo } from '../dpo/dpo.ts'
import type { Ground } from '../ground.ts'
import type { Rewarding } from '../judging/rewarding.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { openPairwise } from '../pairwise/open-pairwise.ts'
import { openRubricArm } from '../rubric-arm/open-rubric-arm.ts'
import { openSupervised } from '../supervised/supervised.ts'
import { toEnd } from './tiny-base.ts'
import { TINY_FORM } from './tiny-form.ts'
import { kept, REQUESTS } from './tiny-language.ts'

/** Each way of training with settings that suit a tiny model: an adapter on its base, on lines of a training file. */

const TOKENS = 8
const LORA = { lora: { rank: 8, alpha: 16 }, seed: 1 }
/** Without a schedule's tail, so that a run of fewer steps is the beginning of a longer one. */
const POLICY = {
  ...LORA,
  optimiser: { learning_rate: 5e-3, betas: [0.9, 0.98] },
  group_size: 8,
  prompts: 12,
  max_new_tokens: TOKENS,
  kl: 0,
}

export type Learner = { ground: Pick<Ground, 'sampler' | 'openTrainer'>; folder: string }

/** Trains to the end; the engine then answers each role with what it learnt. */
async function learn({ ground, folder }: Learner, method: TrainingMethod): Promise<StepReport[]> {
  const reports = await toEnd(method)
  for (const [role, trainer] of method.roles) {
    const saved = join(folder, 'learnt', role)
    await trainer.save(saved)
    await ground.sampler.load(role, saved)
    trainer.dispose()
  }
  return reports
}

export async function learnSupervised(learner: Learner, lines: readonly object[], given: object = {}) {
  const settings = parseWith(supervisedSettings, {
    ...LORA,
    batch_size: 32,
    optimiser: { learning_rate: 5e-3 },
    ...given,
  })
  const { method } = await openSupervised({
    ...{ settings, role: 'policy', writing: learner.ground.sampler, examples: lines.map(readConversation) },
    openTrainer: (totalUpdates) => learner.ground.openTrainer({ settings, seed: 1, totalUpdates }),
  })
  return learn(learner, method)
}

export async function learnDpo(learner: Learner, lines: readonly object[], given: object = {}) {
  const settings = parseWith(dpoSettings, {
    ...LORA,
    batch_size: 32,
    optimiser: { learning_rate: 2e-3 },
    beta: 0.1,
    ...given,
  })
  const { method } = await openDpo({
    ...{ settings, role: 'policy', writing: learner.ground.sampler, examples: lines.map(readPreference) },
    openTrainer: (totalUpdates) => learner.ground.openTrainer({ settings, seed: 1, totalUpdates }),
  })
  return learn(learner, method)
}

/** GRPO with the share of rules that a response keeps as its reward, or with `alternate` one rule at a time. */
export async function learnByRules(
  learner: Learner,
  lines: readonly object[],
  given: object = {},
  validation: readonly object[] = [],
) {
  const settings = parseWith(arlRrSettings, {
    ...POLICY,
    ...{ objective: 'scalarised', steps: 16, phase_steps: 8, held_out: { share: 0.1, most: 16 } },
    alternation: { selector: { kind: 'round_robin' } },
    ...given,
  })
  const { method } = await openArlRr({
    ...{ ground: learner.ground, settings, scratch: learner.folder, rewarding: NOBODY },
    examples: lines.map((line) => parseWith(arlRrExample, line)),
    validation: validation.map((line) => parseWith(arlRrExample, line)),
  })
  return learn(learner, method)
}

/** BRPO by a judge who prefers the response that keeps more rules, or with `worse` the one that keeps fewer. */
export async function learnByPairs(
  learner: Learner,
  lines: readonly object[],
  prefers: 'better' | 'worse' = 'better',
  given: object = {},
) {
  const settings = parseWith(pairwiseSettings, { ...POLICY, steps: 24, protocol: 'direct', ...given })
  const rewarding = judgedBy(prefers === 'better' ? 1 : -1)
  const { method } = await openPairwise({
    ...{ ground: learner.ground, settings, scratch: learner.folder, rewarding },
    examples: lines.map(readPairwiseExample),
  })
  return learn(learner, method)
}

/** Rubric-ARM without a warm-up, since the base knows both roles: `steps` of each on each of three parts. */
export async function learnRubricArm(
  learner: Learner,
  lines: readonly object[],
  given: object = {},
  steps = 12,
) {
  const role = { ...POLICY, prompts: 16, steps }
  const { lora: _, seed: __, optimiser: ___, ...fields } = role
  const settings = parseWith(rubricArmSettings, {
    ...LORA,
    ...{ recipe: 'small', parts: 3, judge: fields, generator: fields },
    // Faster, either role forgets in its own phases what the other has come to rely on.
    optimiser: { learning_rate: 2e-3 },
    warm_up: { judge: { epochs: 0 }, generator: { epochs: 0 } },
    ...given,
  })
  const { method } = await openRubricArm({
    ...{ ground: learner.ground, settings, scratch: learner.folder, form: TINY_FORM },
    pairs: lines.map(readLabelledPair),
  })
  return learn(learner, method)
}

const NOBODY: Rewarding = { judge: () => Promise.reject(new Error('nobody is to be asked')) }

const judgedBy = (sign: 1 | -1): Rewarding => ({
  async judge(request) {
    const asked = typeof request.prompt === 'string' ? request.prompt : request.prompt.at(-1)?.content
    const wanted = REQUESTS.find(({ prompt }) => prompt === asked)?.wanted
    const rules = (text: string) => (wanted ? kept(wanted, text).length : 0)
    const opinion = (first: string, second: string): [number, number] => {
      const score = sign * Math.sign(rules(first) - rules(second))
      return [score, -score]
    }
    return judgeBy(opinion, request, 'by rules')
  },
})
