import { byLabel, type Section, shareOf, winnerOf } from './audit.ts'
import { correlation } from './correlation.ts'

/** Whether the judge likes length: more than the labels do, and where the labels say otherwise. */
export const length: Section = {
  name: 'length',
  async run({ judged }) {
    const scored = judged.flatMap(({ pair, answer }) =>
      answer.judgment?.score == null ? [] : [{ pair, score: answer.judgment.score }],
    )
    const lengthRatios = scored.map(({ pair }) => logRatio(pair.responses))
    const labels = scored.map(({ pair: { label } }) => (label === 'tie' ? 0 : label === 'first' ? 1 : -1))
    const ofJudge = correlation(
      lengthRatios,
      scored.map(({ score }) => score),
    )
    const ofLabels = correlation(lengthRatios, labels)
    const labelled = judged.flatMap(({ pair, answer }) => {
      const sides = byLabel(pair)
      const won = winnerOf(answer)
      return sides === null || won === null ? [] : [{ ...sides, right: won === pair.label }]
    })
    const longer = labelled.filter(({ better, worse }) => better.length > worse.length)
    const shorter = labelled.filter(({ better, worse }) => better.length < worse.length)
    const right = (of: { right: boolean }[]) => of.filter((one) => one.right).length
    return {
      findings: [
        {
          name: 'correlation of score and length',
          value: ofJudge,
          unit: 'index',
          of: scored.length,
          limit: { atMost: Math.max(0.3, (ofLabels ?? 0) + 0.1) },
          note: ofLabels === null ? 'of the labels: none' : `of the labels: ${ofLabels.toFixed(3)}`,
        },
        shareOf('right where the better is longer', right(longer), longer.length),
        shareOf('right where the better is shorter', right(shorter), shorter.length),
      ],
    }
  },
}

/** The logarithm of the first response's length over the second's, in characters. */
function logRatio([first, second]: [string, string]): number {
  return Math.log((first.length + 1) / (second.length + 1))
}
