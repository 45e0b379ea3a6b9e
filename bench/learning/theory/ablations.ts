import { join } from 'node:path'
import { labelledPairs } from '../../../gpu-worker/train/testing/tiny-arm.ts'
import { openTinyGround } from '../../../gpu-worker/train/testing/tiny-base.ts'
import { TRAINED } from '../../../gpu-worker/train/testing/tiny-language.ts'
import { learnRubricArm } from '../../../gpu-worker/train/testing/tiny-learners.ts'
import { judgeAccuracy, rubricsRight } from '../../../gpu-worker/train/testing/tiny-standing.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'

/** What the paper leaves out or turns round, and our controls. Each role is updated as often in all of them. */
export const ABLATIONS: Readonly<Record<string, object>> = {
  'judge first, cached, format reward': {},
  'generator first': { order: 'generator_first' },
  simultaneous: { order: 'simultaneous' },
  'resampled rubrics': { rubrics: 'resampled' },
  'no format reward': { format_reward: false },
  'judge only': { order: 'judge_only' },
}

export type AblationResult = {
  name: string
  /** On requests that were held out, greedy, by the generator's own rubrics. */
  accuracy: number
  rubrics_right: number
  /** Of the judge's completions in training. */
  format: number | null
  /** Means over steps of p(1-p) within rubrics and of the variance of p between them. */
  within_rubric: number | null
  between_rubrics: number | null
}

/** Trains a base by each of the ablations, from the same start and on the same pairs. */
export async function runAblations(base: string, folder: string, seed: number, steps: number) {
  const results: AblationResult[] = []
  for (const [name, given] of Object.entries(ABLATIONS)) {
    const ground = await openTinyGround(base)
    const learner = { ground, folder: join(folder, name.replaceAll(/\W+/g, '-')) }
    const reports = await learnRubricArm(
      learner,
      labelledPairs(TRAINED, 600, seed),
      { seed, ...given },
      steps,
    )
    const metric = (metric: string) => meanOrNull(reports.flatMap(({ metrics }) => metrics[metric] ?? []))
    results.push({
      name,
      accuracy: await judgeAccuracy(ground.sampler, { judge: 'judge', generator: 'generator' }, 'own'),
      rubrics_right: await rubricsRight(ground.sampler, 'generator'),
      format: metric('format'),
      within_rubric: metric('within_rubric'),
      between_rubrics: metric('between_rubrics'),
    })
    await ground.dispose()
  }
  return results
}
