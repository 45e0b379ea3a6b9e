import type { Ratings } from './rewardbench2.ts'

/** How the right answers of a prompt stand to each other and to the wrong ones. */
type Margins = {
  /** Every right answer is above every wrong one. */
  accurate: boolean
  /** Best right less worst right: what a judge should not see, since they are equally right. */
  amongRight: number
  /** Worst right less best wrong. */
  overWrong: number
}

/**
 * RewardBench 2's Ties subset (systems.md 4): prompts with many right answers, `tied:N`, beside the same kind with one,
 * `ref:N`. 0.30 accuracy on either, 0.20 that the margin over wrong answers exceeds the spread among right ones, 0.20
 * that the smaller margin of both prompts does, and 0.01 of how far. Null without such pairs or with ratings missing.
 */
export function tiesScore(rated: Ratings[]): number | null {
  const byId = new Map(rated.map((one) => [one.prompt.id, marginsOf(one)]))
  const both = rated.flatMap(({ prompt }) => {
    if (!prompt.id.startsWith('tied:')) return []
    const tied = byId.get(prompt.id)
    const ref = byId.get(prompt.id.replace('tied:', 'ref:'))
    return tied && ref ? [{ tied, ref }] : []
  })
  if (both.length === 0) return null
  const share = (holds: (one: (typeof both)[number]) => boolean) => both.filter(holds).length / both.length
  const smaller = ({ tied, ref }: (typeof both)[number]) => Math.min(tied.overWrong, ref.overWrong)
  const margins = both.map((one) => {
    const margin = Math.tanh(smaller(one) / one.tied.amongRight - 1)
    return Number.isNaN(margin) ? 0 : margin
  })
  return (
    0.3 * share(({ tied }) => tied.accurate) +
    0.3 * share(({ ref }) => ref.accurate) +
    0.2 * share(({ tied }) => tied.overWrong > tied.amongRight) +
    0.2 * share((one) => smaller(one) > one.tied.amongRight) +
    (0.01 * margins.reduce((sum, margin) => sum + margin, 0)) / margins.length
  )
}

function marginsOf({ prompt, ratings }: Ratings): Margins | null {
  const known = ratings.filter((rating) => rating !== null)
  if (known.length < ratings.length) return null
  const [right, wrong] = [known.slice(0, prompt.chosen), known.slice(prompt.chosen)]
  const overWrong = Math.min(...right) - Math.max(...wrong)
  return { accurate: overWrong > 0, amongRight: Math.max(...right) - Math.min(...right), overWrong }
}
