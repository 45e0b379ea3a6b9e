import { lengthTaste } from '../length-taste.ts'
import { byLabel, type Section, shareOf, winnerOf } from './audit.ts'

/** Whether the judge likes length: more than the labels do, and where the labels say otherwise. */
export const length: Section = {
  name: 'length',
  async run({ judged }) {
    const scored = judged.flatMap(({ pair: { responses, label }, answer }) => {
      const score = answer.judgment?.score ?? null
      return score === null ? [] : [{ responses, label, score }]
    })
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
        lengthTaste(scored),
        shareOf('right where the better is longer', right(longer), longer.length),
        shareOf('right where the better is shorter', right(shorter), shorter.length),
      ],
    }
  },
}
