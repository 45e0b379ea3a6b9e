import { endPhase, openSchedule } from '../../../shared/arl-rr/alternate.ts'
import { fallen } from '../../../shared/arl-rr/guard-rails.ts'
import type { Evaluation, Schedule } from '../../../shared/arl-rr/schedule.ts'
import type { StepReport } from '../method.ts'
import { evaluationMetrics } from './class-metrics.ts'
import { evaluate } from './held-out.ts'
import type { ArlRrParts } from './parts.ts'
import type { Standing } from './standing.ts'

type Looked = {
  evaluation: Evaluation
  metrics: StepReport['metrics']
  completions: number
  seconds: StepReport['seconds']
}

/** Where a run is after its policy was looked at, and what there is to say of it. */
export type Checked = { standing: Standing; notes: string[] } & Pick<StepReport, 'metrics' | 'seconds'>

const NO_TIME: StepReport['seconds'] = { rollout: 0, reward: 0, update: 0 }

/** The evaluation before anything is trained, with which a schedule of phases is opened. */
export async function openingOf(
  parts: ArlRrParts,
  standing: Standing,
  signal: AbortSignal,
): Promise<Checked> {
  const { settings, classes } = parts
  const { evaluation, metrics, completions, seconds } = await look(parts, signal)
  const schedule =
    settings.objective === 'alternate' ? openSchedule(Object.keys(classes), settings.seed, evaluation) : null
  return {
    standing: { ...standing, evaluated: standing.evaluated + completions, schedule },
    ...{ metrics, notes: [], seconds },
  }
}

/**
 * Looks at the policy where it is due: at the end of a phase, of the run, and between where the floor is to be kept.
 * Ends the phase at its length or where another class fell below its floor.
 */
export async function checkHeldOut(
  parts: ArlRrParts,
  standing: Standing,
  last: boolean,
  signal: AbortSignal,
): Promise<Checked> {
  const { phase_steps, check_every } = parts.settings
  const { in_phase, schedule } = standing
  const full = last || in_phase >= phase_steps
  const between = schedule !== null && check_every !== null && in_phase % check_every === 0
  if (!full && !between) return { standing, metrics: {}, notes: [], seconds: NO_TIME }

  const { evaluation, metrics, completions, seconds } = await look(parts, signal)
  const found = { ...standing, evaluated: standing.evaluated + completions }
  const told = { metrics: { ...metrics, evaluated: found.evaluated }, seconds }
  if (schedule === null) return { ...told, standing: { ...found, in_phase: 0 }, notes: [] }
  const fell = fallen(parts.settings.alternation.guard_rails, schedule, evaluation)
  if (!full && fell === null) return { ...told, standing: found, notes: [] }
  const ended_by = fell === null ? 'length' : 'floor'
  const ended = endPhase(schedule, { steps: in_phase, ended_by, after: evaluation })
  return { ...told, standing: { ...found, in_phase: 0, schedule: ended }, notes: notesOf(schedule, fell) }
}

async function look(parts: ArlRrParts, signal: AbortSignal): Promise<Looked> {
  const chosenBy = await evaluate(parts, parts.heldOut, signal)
  const reported = parts.validation.length > 0 ? await evaluate(parts, parts.validation, signal) : null
  return {
    evaluation: chosenBy.evaluation,
    metrics: {
      ...evaluationMetrics('held_out', chosenBy.evaluation, chosenBy.nulls),
      ...(reported && evaluationMetrics('validation', reported.evaluation, reported.nulls)),
    },
    completions: chosenBy.completions + (reported?.completions ?? 0),
    seconds: {
      rollout: chosenBy.seconds.rollout + (reported?.seconds.rollout ?? 0),
      reward: chosenBy.seconds.reward + (reported?.seconds.reward ?? 0),
      update: 0,
    },
  }
}

function notesOf({ phase }: Schedule, fell: ReturnType<typeof fallen>): string[] {
  if (fell === null) return []
  const { meta_class, score, floor } = fell
  const fallenTo = `'${meta_class}' fell to ${score.toFixed(4)}, below its floor of ${floor.toFixed(4)}`
  return [`The phase on '${phase?.meta_class}' ends: ${fallenTo}.`]
}
