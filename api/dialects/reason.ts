import type { Scored } from './sample.ts'

/** Where a reward comes from, in a sentence, for clients that show one. */
export function reasonOf({ error, judgments, substituted }: Scored): string {
  if (error)
    return substituted ? `on_error of the URL, since there is no reward: ${error.message}` : error.message
  if (judgments.length === 0) return 'By the response alone, without a judgment.'
  return `By ${judgments.join(', ')}: GET /v1/judgments/ID shows the rubric and the verdicts.`
}
