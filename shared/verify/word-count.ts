import * as z from 'zod'
import { defineVerifier, invalidVerifier, verifierName } from './verifier.ts'

const words = new Intl.Segmenter('en', { granularity: 'word' })

/** How many words the text has, by the Unicode rules and, for scripts without spaces, by dictionary. */
export function countWords(text: string): number {
  let count = 0
  for (const segment of words.segment(text)) if (segment.isWordLike) count++
  return count
}

const bound = z.int().min(0).max(10_000_000).optional()

export const wordCount = defineVerifier({
  kind: 'word_count',
  summary: 'The response has at least `min` and at most `max` words, in any script.',
  schema: z
    .strictObject({ kind: z.literal('word_count'), name: verifierName, min: bound, max: bound })
    .refine(
      ({ min, max }) => min !== undefined || max !== undefined,
      invalidVerifier('needs a min or a max of words'),
    )
    .refine(({ min = 0, max = Infinity }) => min <= max, invalidVerifier('has a min above its max')),
  run({ min, max }, { response }) {
    const count = countWords(response)
    return {
      passed: count >= (min ?? 0) && count <= (max ?? Infinity),
      expected: [min !== undefined && `at least ${min}`, max !== undefined && `at most ${max}`]
        .filter(Boolean)
        .join(', ')
        .concat(' words'),
      received: `${count} words`,
    }
  },
})
