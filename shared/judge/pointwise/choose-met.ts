import { fill } from '../../model/prompt.ts'
import { type Scale, weigh } from '../../model/weigh.ts'
import type { MetVerdict } from '../../protocol/pointwise.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { CHOOSE_MET } from '../prompts/pointwise.ts'
import { statementOf } from '../statement.ts'
import { type Grader, showNeutral } from './task.ts'

const MEETS: Scale = [
  { meaning: 'yes, it does', value: 1 },
  { meaning: 'no, it does not', value: 0 },
]

/** Verdicts read off the probabilities of two labels, a criterion a question. No text is generated. */
export const chooseMet: Grader = async ({ shown, criteria }, { secret, model, memory, signal }) => {
  const neutral = await showNeutral(secret)
  return Promise.all(
    criteria.map(async (criterion: Criterion): Promise<MetVerdict> => {
      const stated = statementOf(criterion)
      const question = {
        ask: (scale: string) => fill(CHOOSE_MET, { ...shown, criterion: stated, scale }),
        neutral: (scale: string) => fill(CHOOSE_MET, { ...neutral, criterion: stated, scale }),
      }
      const [yes] = await weigh(model, memory, question, MEETS, signal)
      return { id: criterion.id, met: yes ?? null, evidence: null, reason: null }
    }),
  )
}
