import { type ClassMap, scalarise, scoreClasses, showClasses, tagClasses } from '../classes/class-scores.ts'
import { failed } from '../judge/pair/aggregate.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Judgment, PointwiseRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { askedWith } from './asked.ts'
import type { RewardMethod } from './method.ts'
import { notScored } from './not-scored.ts'
import { OF_COMPARISONS, OF_TRAINING, refuseFields } from './refuse-fields.ts'

/**
 * Rewards each response by itself against the criteria of its prompt; equal responses share one. Where the rubric
 * has tags, or the request names classes, a reward is a vector too: a score for each meta-class, which `class_weights`
 * makes the one number of. The judgments are the same whatever the classes.
 */
export const rewardPointwise: RewardMethod = async (request, { judge }) => {
  refuseFields(request, 'pointwise', [...OF_COMPARISONS, ...OF_TRAINING])
  refuseClasses(request)
  const distinct = [...new Set(request.responses)]
  const judgments = await Promise.all(distinct.map((response) => judge(pointwiseRequest(request, response))))
  const rewards = judgments.map((judgment) => rewardOf(judgment, request))
  const data = request.responses.map((response, index): Reward => {
    const reward = rewards[distinct.indexOf(response)] ?? { reward: null, error: notScored() }
    return { index, ...reward }
  })
  return { data }
}

function pointwiseRequest(request: RewardRequest, response: string): PointwiseRequest {
  return { ...askedWith(request), protocol: 'pointwise', responses: [response] }
}

function rewardOf(judgment: Judgment, { classes, class_weights }: RewardRequest): Omit<Reward, 'index'> {
  const named = { judgments: [judgment.id] }
  if (judgment.protocol !== 'pointwise') return { reward: null, ...named, error: notScored() }
  const scored = judgedClasses(judgment, classes)
  const vector = scored && scored.size > 0 ? { classes: showClasses(scored) } : {}
  const { score, error } = class_weights
    ? scalarise(scored ?? new Map(), class_weights)
    : { score: judgment.score, error: judgment.error }
  if (score !== null) return { reward: score, ...vector, ...named }
  return { reward: null, ...vector, ...named, error: judgment.error ?? error ?? notScored() }
}

/** The score of each class by a judgment's own verdicts; null where it has none. */
function judgedClasses(
  { scoring, rubric, criteria }: Extract<Judgment, { protocol: 'pointwise' }>,
  classes: ClassMap | undefined,
) {
  if (scoring === 'implicit') return null
  const held = rubric?.criteria ?? []
  // without a rubric nothing says what a class is made of: that is a failure, and masks nothing
  if (rubric === null && classes) {
    const unknown = failed('not_scored', 'The judgment has no rubric.')
    return new Map(Object.keys(classes).map((name) => [name, unknown]))
  }
  return scoreClasses(held, criteria, scoring, classes ?? tagClasses(held))
}

/** Throws `invalid_request` for classes that nothing could be scored by. */
function refuseClasses({ scoring, classes, class_weights }: RewardRequest): void {
  if (scoring === 'implicit' && (classes || class_weights)) {
    const message = 'scoring implicit gives one rating for the whole, which has no classes: use explicit.'
    throw new PlumblineError('invalid_request', message, { param: classes ? 'classes' : 'class_weights' })
  }
  const unknown = classes && Object.keys(class_weights ?? {}).find((name) => !Object.hasOwn(classes, name))
  if (unknown === undefined) return
  const message = `class_weights names '${unknown}', which is none of the classes: name it in classes too.`
  throw new PlumblineError('invalid_request', message, { param: `class_weights.${unknown}` })
}
