import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { SMALL_FORM } from '../../../shared/rubric-arm/forms/small.ts'
import { itemsOf, listItems } from '../../../shared/rubric-arm/items.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import { KIND_NAMES, type KindName } from '../constraints/constraint.ts'
import { makeTasks, type Pair, type Task } from '../constraints/pairs.ts'
import { TOPICS } from '../constraints/topics.ts'
import type { Sizes } from './sizes.ts'

/** Kinds that nothing is trained on. */
export const HELD_OUT_KINDS: readonly KindName[] = [
  'detectable_format:number_highlighted_sections',
  'detectable_content:postscript',
  'startend:quotation',
]
const TRAINED_KINDS = KIND_NAMES.filter((kind) => !HELD_OUT_KINDS.includes(kind))
/** Topics of held-out requests, which no trained one is about. */
const HELD_OUT_TOPICS = 5

/** Data's seed: the same for all seeds of training, so that all are held against the same pairs. */
const SEED = 2601
const PAIRS_EACH = 4

/** A held-out request with pairs, and the split that it counts to. */
export type HeldOut = {
  prompt: string
  pairs: readonly Pick<Pair, 'chosen' | 'rejected'>[]
  split: string
  /** An oracle's, where there is one. */
  oracle: string | null
}

export type ConstraintData = {
  /** Lines of a training file for `rubric_arm`. */
  lines: TrainingLine[]
  heldOut: HeldOut[]
}

export type TrainingLine = {
  prompt: string
  responses: [string, string]
  winner: 'first' | 'second'
  rubric?: string
  trajectory?: string
}

/**
 * Labelled pairs to train on, the first of them with an oracle's rubric and judgment, and as many held-out requests of
 * trained kinds of constraints as of kinds that were not trained on, about other topics.
 */
export async function constraintData(sizes: Sizes): Promise<ConstraintData> {
  const [seen, unseen] = [TOPICS.slice(HELD_OUT_TOPICS), TOPICS.slice(0, HELD_OUT_TOPICS)]
  const prompts = sizes.taughtRubrics + sizes.trainedPrompts
  const common = { prompts, pairsEach: PAIRS_EACH, kinds: TRAINED_KINDS }
  const trained = await makeTasks({ ...common, seed: derivedSeed(SEED, 1), topics: seen })
  const random = seededRandom(derivedSeed(SEED, 2))
  const lines = trained.flatMap((task, at) => linesOf(task, at, sizes, random))
  const held = { prompts: sizes.heldOutPrompts / 2, pairsEach: PAIRS_EACH, topics: unseen }
  const same = await makeTasks({ ...held, seed: derivedSeed(SEED, 3), kinds: TRAINED_KINDS })
  const fresh = await makeTasks({
    ...{ ...held, seed: derivedSeed(SEED, 4), kinds: KIND_NAMES, violated: HELD_OUT_KINDS },
  })
  const heldOut = [
    ...same.map((task) => ({ ...task, split: 'trained kinds', oracle: oracleRubric(task) })),
    ...fresh.map((task) => ({ ...task, split: 'new kinds', oracle: oracleRubric(task) })),
  ]
  return { lines, heldOut }
}

/** The first requests are taught: with all their judgments, then with their rubric alone; the rest are only labelled. */
function linesOf(task: Task, at: number, sizes: Sizes, random: Random): TrainingLine[] {
  const rubric = oracleRubric(task)
  return task.pairs.map((pair, index) => {
    const turned = random() < 0.5
    const responses: [string, string] = turned ? [pair.rejected, pair.chosen] : [pair.chosen, pair.rejected]
    const line = { prompt: task.prompt, responses, winner: turned ? ('second' as const) : ('first' as const) }
    if (at < sizes.taughtJudgments / PAIRS_EACH)
      return { ...line, rubric, trajectory: oracleJudgment(task, pair, turned) }
    return at < sizes.taughtRubrics && index === 0 ? { ...line, rubric } : line
  })
}

/** One item for each constraint, as the small form has it. */
export function oracleRubric({ constraints }: Pick<Task, 'constraints'>): string {
  const criteria = constraints.map(({ item }, index) => {
    return { id: `c${index + 1}`, rule: 'hard_rule' as const, title: `The response ${item}.` }
  })
  return listItems(itemsOf(criteria))
}

/** What a judge writes that sees what verifiers see; `turned` shows the rejected response first. */
export function oracleJudgment(
  { constraints }: Pick<Task, 'constraints'>,
  { violated }: Pair,
  turned: boolean,
): string {
  const better = turned ? 'B' : 'A'
  const marks = constraints.map((_, index) => `${index + 1} ${index === violated ? better : 'both'}`)
  return [...marks, `Winner: ${better}`].join('\n')
}

export const FORM: ArmForm = SMALL_FORM
