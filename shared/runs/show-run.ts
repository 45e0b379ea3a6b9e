import type { Run, RunSettings } from '../protocol/run.ts'
import { errorOf, type FadingMean, meanOf } from './fading-mean.ts'
import { evaluationOf, keptOf, type RunState } from './state.ts'

const MEASURED_BY = {
  training:
    'An on-policy proxy: sampled responses to the prompts that are trained on, of every policy since, older ones counting less.',
  eval: 'Calls marked split=eval, older ones counting less.',
} as const

/** A run as it is told. `created` is Unix time, seconds. */
export function showRun(id: string, created: number, settings: RunSettings, state: RunState): Run {
  const { groups, step, in_phase, schedule, scores, masked, contraction, correlations, observation } = state
  const names = Object.keys(settings.classes ?? {})
  return {
    ...{ id, object: 'run', created, settings, step, groups },
    ...{ meta_class: schedule?.phase?.meta_class ?? null, in_phase, schedule },
    measured_by: MEASURED_BY[settings.measure],
    overall: evaluationOf(settings, state).overall,
    classes: Object.fromEntries(names.map((one) => [one, standingOf(keptOf(scores, one))])),
    masked,
    contraction: contraction && meanOf(contraction),
    correlations: Object.fromEntries(
      Object.entries(correlations).flatMap(([pair, kept]) => {
        const mean = meanOf(kept)
        return mean === null ? [] : [[pair, mean]]
      }),
    ),
    observation,
  }
}

function standingOf(kept: FadingMean | undefined): Run['classes'][string] {
  const score = kept ? meanOf(kept) : null
  if (!kept || score === null) return null
  return { score, standard_error: errorOf(kept), groups: kept.weight, step: kept.step }
}
