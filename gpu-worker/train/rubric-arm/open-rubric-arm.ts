import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Message } from '../../../shared/protocol/message.ts'
import type { LabelledPair, RubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { SERVED_FORMS } from '../../../shared/rubric-arm/forms/forms.ts'
import { cutIntoParts } from '../../../shared/rubric-arm/parts.ts'
import { type TaughtPair, warmUpConversations } from '../../../shared/rubric-arm/warm-up.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import type { Ground } from '../ground.ts'
import { type ArmRole, type Phase, phasesOf, stepsTraining } from './phases.ts'
import { RubricArm, type Stage } from './rubric-arm.ts'

export type RubricArmOptions = {
  ground: Pick<Ground, 'sampler' | 'openTrainer'>
  settings: RubricArmSettings
  pairs: readonly LabelledPair[]
  /** A folder of the run's own. */
  scratch: string
  /** In the place of the one that the settings name. */
  form?: ArmForm
  /** Has somebody write what the pairs that are trained on lack for the warm-up. */
  teach?(pairs: readonly LabelledPair[]): Promise<Lessons>
}

/** Pairs with what was written of them, and what that took, which is told with the first step. */
export type Lessons = { pairs: readonly LabelledPair[]; metrics: Readonly<Record<string, number>> }

/** What of the data is not trained on, and why. */
export type LeftOut = {
  /** Pairs with a text, or a judgment in all, of too many tokens; pairs of equal responses. */
  tooLong: number
  equal: number
  /** Judgments and rubrics for the warm-up that are wrong, malformed or too long. */
  warmUp: Readonly<Record<ArmRole, number>>
}

/** The fences of training; in service they are others, so that nobody learns them. */
const SECRET = 'rubric-arm in training'
const SEEDS = { judge: 11, generator: 12 } as const

/**
 * A run of Rubric-ARM over labelled pairs, its trainers opened. Throws `invalid_request` where too few pairs are left for
 * its parts.
 */
export async function openRubricArm(
  options: RubricArmOptions,
): Promise<{ method: RubricArm; leftOut: LeftOut }> {
  const { ground, settings, scratch } = options
  const { sampler } = ground
  const form = options.form ?? SERVED_FORMS[settings.form]
  const { fit, tooLong, equal } = await thatFit(options, form)
  const parts = await cutIntoParts(fit, settings.parts, settings.seed)
  if (parts.some((part) => part.length === 0)) {
    throw new PlumblineError(
      'invalid_request',
      `Too few pairs can be trained on for parts, which is ${settings.parts}: ${fit.length} are left, ${tooLong} are too long and ${equal} have equal responses; give more prompts, or raise max_tokens or text_tokens.`,
      { param: 'training_file' },
    )
  }
  const lessons = (await options.teach?.(fit)) ?? { pairs: fit, metrics: {} }
  const taught = lessons.pairs.flatMap(({ trajectory, ...pair }): TaughtPair[] =>
    trajectory ? [{ ...pair, trajectory }] : [],
  )
  const { consistency } = settings.warm_up
  const { judge, generator, dropped } = await warmUpConversations(taught, form, SECRET, consistency)
  const short = (turns: readonly Message[]) =>
    sampler.prompt(turns.slice(0, -1)).length + sampler.encode(turns.at(-1)?.content ?? '').length <
    settings.max_tokens
  const warmUp = { judge: judge.filter(short), generator: generator.filter(short) }
  const phases = phasesOf(settings, {
    examples: { judge: warmUp.judge.length, generator: warmUp.generator.length },
    parts: parts.map(({ length }) => length),
  })
  const method = await RubricArm.open({
    ...{ sampler, settings, form, secret: SECRET, phases, parts, warmUp, scratch, taught: lessons.metrics },
    openTrainer: (role, stage) =>
      ground.openTrainer({
        settings: trainingOf(settings, role, stage),
        seed: derivedSeed(settings.seed, SEEDS[role]),
        totalUpdates: updatesOf(settings, phases, role, stage),
      }),
  })
  return {
    method,
    leftOut: {
      ...{ tooLong, equal },
      warmUp: {
        judge: dropped.judge + judge.length - warmUp.judge.length,
        generator: dropped.generator + generator.length - warmUp.generator.length,
      },
    },
  }
}

/** The warm-up has learning rates of its own; nothing drops out in the alternation. */
function trainingOf(settings: RubricArmSettings, role: ArmRole, stage: Stage): RubricArmSettings {
  if (stage === 'alternation') return { ...settings, lora: { ...settings.lora, dropout: 0 } }
  const { learning_rate, schedule } = settings.warm_up[role]
  return { ...settings, schedule, optimiser: { ...settings.optimiser, learning_rate } }
}

function updatesOf(
  settings: RubricArmSettings,
  phases: readonly Phase[],
  role: ArmRole,
  stage: Stage,
): number {
  if (stage === 'alternation') return stepsTraining(role, phases) * settings[role].inner_iterations
  return phases.find((phase) => phase.kind === 'warm_up' && phase.role === role)?.steps ?? 0
}

/** The pairs whose judgment fits, the longest rubric and reply counted in. */
async function thatFit({ ground, settings, pairs }: RubricArmOptions, form: ArmForm) {
  const { sampler } = ground
  const { text_tokens: most, max_tokens, judge, generator } = settings
  const fit: LabelledPair[] = []
  let [tooLong, equal] = [0, 0]
  for (const pair of pairs) {
    const { prompt, responses } = pair
    if (responses[0] === responses[1]) {
      equal++
      continue
    }
    const texts = [...prompt.map(({ content }) => content), ...responses]
    const asked = await form.judgeMessages(
      { prompt, shown: responses, reference: null, criteria: [] },
      SECRET,
    )
    const judged = sampler.prompt(asked).length + generator.max_new_tokens + judge.max_new_tokens
    const isLong =
      judged > max_tokens || (most !== null && texts.some((text) => sampler.encode(text).length > most))
    if (isLong) tooLong++
    else fit.push(pair)
  }
  return { fit, tooLong, equal }
}
