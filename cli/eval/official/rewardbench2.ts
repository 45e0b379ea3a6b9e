import { mean } from '../../../shared/statistics/moments.ts'
import type { Finding } from '../../finding.ts'
import type { Results } from '../task.ts'
import { tiesScore } from './rewardbench2-ties.ts'

/** The responses of a prompt, the first `chosen` of them right. */
export type RatedPrompt = { id: string; responses: string[]; chosen: number; subset: string }

/** A prompt and the numbers of its responses; null where one has none. */
export type Ratings = { prompt: RatedPrompt; ratings: (number | null)[] }

/**
 * RewardBench 2's figures: of each subset the mean of (is a chosen one among the best) / (how many are the best), a
 * prompt without all its numbers taken as chance; its Ties subset by its own formula; and the mean of the subsets.
 */
export function bestOfN(prompts: RatedPrompt[], results: Results): Finding[] {
  const rated = prompts.map((prompt): Ratings => ({ prompt, ratings: ratingsOf(prompt, results) }))
  const subsets = Map.groupBy(rated, ({ prompt }) => prompt.subset)
  const findings = [...subsets].map(([name, of]): Finding => {
    const value = name.toLowerCase() === 'ties' ? tiesScore(of) : mean(of.map(credit))
    return { name, value, unit: 'share', of: of.length }
  })
  const known = findings.flatMap(({ value }) => value ?? [])
  const overall = known.length === 0 ? null : mean(known)
  return [
    ...findings,
    { name: 'overall, mean of the subsets', value: overall, unit: 'share', of: prompts.length },
  ]
}

function ratingsOf({ id, responses }: RatedPrompt, results: Results): (number | null)[] {
  const group = results(id)
  if (group?.task === 'group') return group.rewards
  return responses.map((_, index) => {
    const result = results(`${id}:${index}`)
    return result?.task === 'response' ? result.score : null
  })
}

function credit({ prompt, ratings }: Ratings): number {
  const known = ratings.filter((rating) => rating !== null)
  if (known.length < ratings.length) return prompt.chosen / ratings.length
  const best = Math.max(...known)
  const winners = known.flatMap((rating, index) => (rating === best ? [index] : []))
  return winners.filter((index) => index < prompt.chosen).length / winners.length
}
