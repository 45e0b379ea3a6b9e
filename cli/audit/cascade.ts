import { type Answer, type Audit, type Judged, type Section, winnerOf } from './audit.ts'

const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]

/**
 * What a cascade would save and lose: both models judge every pair, and for each threshold the small one's answer
 * stands where it is that sure, else the large one's. Cost is counted as the model entries price it, in tokens where
 * one has no price.
 */
export const cascade: Section = {
  name: 'cascade',
  async run({ judged, ask, costOf, settings }) {
    const name = 'cost saved at no loss of accuracy'
    if (settings.cascade === null) {
      const note = 'give --cascade SMALL,LARGE'
      return { findings: [{ name, value: null, unit: 'share', of: 0, note }] }
    }
    const small = await judgeAll(judged, settings.cascade[0], ask)
    const large = await judgeAll(judged, settings.cascade[1], ask)
    const costs = await Promise.all([small, large].map((answers) => Promise.all(answers.map(costOf))))
    const all = judged.map(({ pair }, index) => ({
      label: pair.label,
      small: small[index],
      large: large[index],
      costs: [costs[0]?.[index] ?? 0, costs[1]?.[index] ?? 0] as const,
    }))
    const ofSmall = all.reduce((sum, one) => sum + one.costs[0], 0)
    const ofLarge = (some: typeof all) => some.reduce((sum, one) => sum + one.costs[1], 0)
    const rows = THRESHOLDS.map((threshold) => {
      const asked = all.filter((one) => !isSure(one.small, threshold))
      const said = all.filter(
        (one) => winnerOf(isSure(one.small, threshold) ? one.small : one.large) === one.label,
      )
      return {
        threshold,
        asked_large: asked.length / all.length,
        accuracy: said.length / all.length,
        cost: ofSmall + ofLarge(asked),
      }
    })
    const alone = {
      accuracy: all.filter((one) => winnerOf(one.large) === one.label).length / all.length,
      cost: ofLarge(all),
    }
    const best = rows
      .filter(({ accuracy }) => accuracy >= alone.accuracy)
      .toSorted((a, b) => a.cost - b.cost)[0]
    return {
      findings: [
        {
          name,
          value: best === undefined || alone.cost === 0 ? null : 1 - best.cost / alone.cost,
          unit: 'share',
          of: all.length,
          note:
            best === undefined ? 'no threshold keeps the accuracy' : `at min_confidence ${best.threshold}`,
        },
      ],
      detail: { large_alone: alone, thresholds: rows },
    }
  },
}

const judgeAll = (judged: Judged[], model: string, ask: Audit['ask']) =>
  ask(judged.map(({ pair: { prompt, responses } }) => ({ prompt, responses, model })))

const isSure = (answer: Answer | undefined, threshold: number) =>
  winnerOf(answer) !== null && (answer?.judgment?.confidence ?? 0) >= threshold
