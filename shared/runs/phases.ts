import { beginPhase, endPhase } from '../arl-rr/alternate.ts'
import { fallen } from '../arl-rr/guard-rails.ts'
import { type EndedPhase, type Evaluation, latest, type Schedule, scoreIn } from '../arl-rr/schedule.ts'
import type { RunSettings } from '../protocol/run.ts'
import { derivedSeed } from '../statistics/derived-seed.ts'
import { seededRandom } from '../statistics/random.ts'
import { errorOf } from './fading-mean.ts'
import type { RunGroup } from './member.ts'
import { evaluationOf, keptOf, overallOf, type RunState } from './state.ts'

/** Phases that a run remembers: what came before is in no choice any more. */
const REMEMBERED = 500

/** Standard errors by which a class may stand lower than the floor lets it. */
const CHANCE = 3

/** A group's place in its run; it keeps it, whenever its members come. */
export type Place = Pick<RunGroup, 'step' | 'meta_class' | 'observed'>

/**
 * Opens the next group of a run. `prompts_per_step` groups are a step, and the class changes only between two: at the
 * end of a phase's steps, or where another class fell below its floor (ARL-RR, systems.md 2.3: our reconstruction).
 */
export function openGroup(settings: RunSettings, before: RunState): Place & { state: RunState } {
  const full = before.step === 0 || before.in_step >= settings.prompts_per_step
  const state = full ? beginStep(settings, before) : before
  const step = state.step - 1
  return {
    state: { ...state, groups: state.groups + 1, in_step: state.in_step + 1 },
    step,
    meta_class: state.schedule?.phase?.meta_class ?? null,
    observed: isObserved(settings, state),
  }
}

/**
 * Begins a step, whether or not the one before had all of its groups: for a trainer that went down within a step and
 * makes it again. A step without a group is left as it is.
 */
export function beginStep(settings: RunSettings, state: RunState): RunState {
  if (state.step > 0 && state.in_step === 0) return state
  const begun = { ...state, step: state.step + 1, in_step: 0 }
  if (state.schedule === null) return begun
  const evaluation = evaluationOf(settings, state)
  const schedule = withFirstScores(settings, state.schedule, evaluation)
  if (schedule.phase === null) return { ...begun, in_phase: 1, schedule: beginPhase(settings, schedule) }
  const ended_by = endOf(settings, state, schedule, evaluation)
  if (ended_by === null) return { ...begun, in_phase: state.in_phase + 1, schedule }
  const ended = endPhase(schedule, { steps: state.in_phase, ended_by, after: evaluation })
  return { ...begun, in_phase: 1, schedule: beginPhase(settings, remembered(ended)) }
}

function endOf(
  { guard_rails, phase_steps }: RunSettings,
  { in_phase, scores }: RunState,
  schedule: Schedule,
  { classes, overall }: Evaluation,
): EndedPhase['ended_by'] | null {
  // what may be chance is no fall: it is looked for after every step, and what it is measured from is as uncertain
  const atBest = Object.entries(classes).map(([one, score]) => {
    const kept = keptOf(scores, one)
    const error = kept === undefined ? null : errorOf(kept)
    return [one, score === null || error === null ? null : score + CHANCE * error] as const
  })
  const fell = fallen(guard_rails, schedule, { classes: Object.fromEntries(atBest), overall })
  if (fell !== null) return 'floor'
  return in_phase >= phase_steps ? 'length' : null
}

/**
 * The evaluations before with the first scores of classes that had none yet: that a class is seen for the first time is
 * no change of the overall score. So the first step's scores are what the first phase is held against.
 */
function withFirstScores(settings: RunSettings, schedule: Schedule, now: Evaluation): Schedule {
  const newest = latest(schedule)
  const fresh = schedule.classes.filter((one) => scoreIn(newest, one) === null && scoreIn(now, one) !== null)
  if (fresh.length === 0) return schedule
  const first = Object.fromEntries(fresh.map((one) => [one, scoreIn(now, one)]))
  const filled = (evaluation: Evaluation): Evaluation => {
    const classes = { ...evaluation.classes, ...first }
    return { classes, overall: overallOf(settings, classes) }
  }
  return {
    ...schedule,
    before: filled(schedule.before),
    ended: schedule.ended.map((phase) => ({ ...phase, after: filled(phase.after) })),
  }
}

/** Without the oldest of too many phases. Draws go by the seed and the number of phases, so the seed takes its part. */
function remembered(schedule: Schedule): Schedule {
  const [oldest, ...rest] = schedule.ended
  if (!oldest || rest.length < REMEMBERED) return schedule
  return { ...schedule, seed: schedule.seed + 1, before: oldest.after, ended: rest }
}

/**
 * Whether all classes of the next group are looked at: always where the reward is made of all, and in the first step,
 * which is of the policy before any update; else by the share that the settings name.
 */
function isObserved(settings: RunSettings, { step, groups, schedule }: RunState): boolean {
  if (settings.classes === null) return false
  if (schedule === null) return true
  const compares = settings.measure === 'training' && settings.observe > 0
  if (compares && step === 1) return true
  return seededRandom(derivedSeed(settings.seed, groups))() < settings.observe
}
