import { deviation, mean } from '../../shared/statistics/moments.ts'
import { type Answer, type Section, shareOf, winnerOf } from './audit.ts'

/**
 * The same pair judged again with `cache: "refresh"`: how much of the rubric stays, whether the winner does, and how
 * far the score moves. A judge that decodes greedily on one machine may not move at all.
 */
export const stability: Section = {
  name: 'stability',
  async run({ sample, ask, settings }) {
    const rounds: Answer[][] = [sample.map(({ answer }) => answer)]
    for (let repeat = 0; repeat < settings.repeats; repeat++) {
      const questions = sample.map(({ pair: { prompt, responses } }) => ({
        prompt,
        responses,
        cache: 'refresh' as const,
      }))
      rounds.push(await ask(questions))
    }
    const repeated = sample.flatMap((_, index) => {
      const answers = rounds.flatMap((round) => (winnerOf(round[index]) === null ? [] : [round[index]]))
      return answers.length < 2 ? [] : [answers]
    })
    const overlaps = repeated.flatMap((answers) => overlap(answers.map(clausesOf)) ?? [])
    const sameWinner = repeated.filter((answers) => new Set(answers.map(winnerOf)).size === 1).length
    const noise = repeated.map((answers) => deviation(answers.map((answer) => answer?.judgment?.score ?? 0)))
    return {
      findings: [
        {
          name: 'clauses kept from one rubric to the next',
          value: meanOf(overlaps),
          unit: 'share',
          of: overlaps.length,
          limit: { atLeast: 0.7 },
          ...(overlaps.length === 0 ? { note: 'no rubric names its clauses' } : {}),
        },
        shareOf('same winner every time', sameWinner, repeated.length, { limit: { atLeast: 0.9 } }),
        {
          name: 'standard deviation of the score',
          value: meanOf(noise),
          unit: 'number',
          of: noise.length,
          limit: { atMost: 0.3 },
        },
      ],
    }
  },
}

/** The clauses that a judgment's rubric was made from, or its titles where it names none. */
function clausesOf(answer: Answer | undefined): Set<string> {
  const criteria = answer?.judgment?.rubric?.criteria ?? []
  return new Set(criteria.map(({ clause, title }) => clause ?? title.toLowerCase()))
}

/** The mean Jaccard index of neighbouring sets; null where one is empty. */
function overlap(sets: Set<string>[]): number | null {
  const indices = sets.slice(1).map((set, index) => {
    const before = sets[index] ?? new Set()
    const common = [...set].filter((clause) => before.has(clause)).length
    return common / (set.size + before.size - common)
  })
  return indices.some(Number.isNaN) ? null : mean(indices)
}

const meanOf = (values: number[]) => (values.length === 0 ? null : mean(values))
