import { cohenKappa } from '../../shared/agreement/cohen-kappa.ts'
import { fleissKappa } from '../../shared/agreement/fleiss-kappa.ts'
import { krippendorffAlpha } from '../../shared/agreement/krippendorff-alpha.ts'
import type { Winner } from '../../shared/protocol/judgment.ts'
import { type Section, winnerOf } from './audit.ts'

const NUMBERS: Record<Winner, number> = { first: 1, tie: 0, second: -1 }

/**
 * Agreement beyond chance: the judge with the labels, and, where lines carry `annotators`, people with each other
 * and the judge as one of them. A judge can't be held to more than people agree on.
 */
export const agreement: Section = {
  name: 'agreement',
  async run({ judged }) {
    const said = judged.map(({ answer }) => winnerOf(answer))
    const people = judged.map(({ pair: { annotators } }) => annotators ?? [])
    const rated = people.filter((of) => of.length > 1).length
    const none = rated === 0 ? { note: 'no line has several annotators' } : {}
    const withJudge = people.flatMap((of, index) => (of.length > 0 ? [[...of, said[index] ?? null]] : []))
    const fleiss = fleissKappa(people)
    const alpha = (ratings: (Winner | null)[][]) =>
      krippendorffAlpha(
        ratings.map((of) => of.map((one) => (one === null ? null : NUMBERS[one]))),
        'interval',
      )
    const index = { unit: 'index' } as const
    return {
      findings: [
        {
          name: "Cohen's kappa of judge and label",
          value: cohenKappa(judged.map(({ pair }, at) => [pair.label, said[at] ?? null] as const)),
          of: said.filter((one) => one !== null).length,
          ...index,
        },
        { name: "Fleiss' kappa of the annotators", value: fleiss.kappa, of: fleiss.items, ...index, ...none },
        {
          name: "Krippendorff's alpha of the annotators",
          value: alpha(people),
          of: rated,
          ...index,
          ...none,
        },
        {
          name: "Krippendorff's alpha with the judge among them",
          value: alpha(withJudge),
          of: withJudge.length,
          ...index,
          ...none,
        },
      ],
    }
  },
}
