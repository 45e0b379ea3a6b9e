import { type ClassMap, isMasked, scoreClasses, tagClasses } from '../classes/class-scores.ts'
import { type Aggregate, failed } from '../judge/pair/aggregate.ts'
import type { ErrorData } from '../protocol/error.ts'
import type { ArlRrExample } from '../protocol/training/arl-rr.ts'
import type { VerifierResult } from '../protocol/verify.ts'
import { checkTexts, sharePassed } from '../reward/constraints/check.ts'
import type { RewardContext } from '../reward/method.ts'
import { notScored } from '../reward/not-scored.ts'
import { leavesOf } from '../rubric/tree.ts'
import type { RewardVector } from './objectives.ts'

/** Each tag of the rows as a class of its own, in the order of their first use. */
export function classesOf(rows: readonly ArlRrExample[]): ClassMap {
  const tags = new Set(rows.flatMap(({ verifiers, rubric }) => tagsOf(verifiers, rubric)))
  return Object.fromEntries([...tags].map((tag) => [tag, [tag]]))
}

function tagsOf(verifiers: ArlRrExample['verifiers'], rubric: ArlRrExample['rubric']): string[] {
  return verifiers ? Object.keys(verifiers) : Object.keys(tagClasses(rubric?.criteria ?? []))
}

/**
 * The classes that a row has something to score by: in a phase on another one its prompt is masked, which is not a
 * score of 0 (systems.md 2.3).
 */
export function classesIn({ verifiers, rubric }: ArlRrExample, classes: ClassMap): string[] {
  if (verifiers) {
    return Object.keys(classes).filter((name) => classes[name]?.some((tag) => Object.hasOwn(verifiers, tag)))
  }
  const criteria = rubric?.criteria ?? []
  const met = leavesOf(criteria).map(({ id }) => ({ id, met: 1 }))
  const scored = scoreClasses(criteria, met, 'explicit', classes)
  return [...scored].flatMap(([name, score]) => (isMasked(score) ? [] : [name]))
}

/**
 * The rewards of each response by meta-class: the share of the class's verifiers that it passes, or the score of the
 * rubric's criteria that carry one of its tags (HealthBench's formula, systems.md 2.2 and 2.3). Equal responses are judged
 * once. What a judge or a verifier fails at is an error, never 0.
 */
export async function rewardVectors(
  row: ArlRrExample,
  responses: readonly string[],
  classes: ClassMap,
  context: Pick<RewardContext, 'judge' | 'sandbox'>,
): Promise<RewardVector[]> {
  const vectorOf = row.verifiers
    ? await byVerifiers(row, row.verifiers, responses, classes, context)
    : await byRubric(row, responses, classes, context)
  const none: RewardVector = { classes: new Map(), overall: { score: null, error: notScored() } }
  return responses.map((response) => vectorOf.get(response) ?? none)
}

type Vectors = Map<string, RewardVector>

async function byVerifiers(
  { prompt }: ArlRrExample,
  verifiers: NonNullable<ArlRrExample['verifiers']>,
  responses: readonly string[],
  classes: ClassMap,
  { sandbox }: Pick<RewardContext, 'sandbox'>,
): Promise<Vectors> {
  const flat = Object.entries(verifiers).flatMap(([tag, specs]) => specs.map((spec) => ({ tag, spec })))
  const resultsOf = await checkTexts(
    responses,
    flat.map(({ spec }) => spec),
    prompt,
    sandbox,
  )
  return new Map(
    [...new Set(responses)].map((response) => {
      const results = resultsOf(response)
      const inClass = (tags: string[]) =>
        passedOf(results.filter((_, at) => tags.includes(flat[at]?.tag ?? '')))
      const scores = Object.entries(classes).map(([name, tags]) => [name, inClass(tags)] as const)
      return [response, { classes: new Map(scores), overall: passedOf(results) }]
    }),
  )
}

function passedOf(results: VerifierResult[]): Aggregate {
  if (results.length === 0) return failed('no_criteria', 'The prompt has no verifier of this class.')
  const share = sharePassed(results)
  if (share.reward !== null) return { score: share.reward, error: null }
  return { score: null, error: share.error ?? notScored() }
}

async function byRubric(
  { prompt, rubric, reference }: ArlRrExample,
  responses: readonly string[],
  classes: ClassMap,
  { judge }: Pick<RewardContext, 'judge'>,
): Promise<Vectors> {
  const criteria = rubric?.criteria ?? []
  const judged = [...new Set(responses)].map(async (response): Promise<[string, RewardVector]> => {
    const judgment = await judge({
      protocol: 'pointwise',
      prompt,
      responses: [response],
      rubric: { criteria },
      ...(reference !== undefined && { reference }),
    })
    if (judgment.protocol !== 'pointwise') return [response, unscored(classes, notScored())]
    if (judgment.criteria.length === 0) return [response, unscored(classes, judgment.error ?? notScored())]
    const { score, error } = judgment
    const overall: Aggregate =
      score !== null ? { score, error: null } : { score, error: error ?? notScored() }
    return [response, { classes: scoreClasses(criteria, judgment.criteria, 'explicit', classes), overall }]
  })
  return new Map(await Promise.all(judged))
}

function unscored(classes: ClassMap, error: ErrorData): RewardVector {
  const none: Aggregate = { score: null, error }
  return { classes: new Map(Object.keys(classes).map((name) => [name, none])), overall: none }
}
