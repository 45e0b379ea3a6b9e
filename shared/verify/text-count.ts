import * as z from 'zod'
import { PASSAGES } from './passages.ts'
import { defineVerifier, invalidVerifier, verifierName } from './verifier.ts'

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

function countCharacters(text: string): number {
  let count = 0
  for (const _ of characters.segment(text)) count++
  return count
}

/** What can be counted: `characters` as people see them, an emoji or an accented letter being one. */
const COUNTS = {
  characters: countCharacters,
  lines: (text: string) => PASSAGES.lines(text).length,
  sentences: (text: string) => PASSAGES.sentences(text).length,
  paragraphs: (text: string) => PASSAGES.paragraphs(text).length,
  bullets: (text: string) => text.match(/^[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+\S/gm)?.length ?? 0,
} as const

type Unit = keyof typeof COUNTS
const units = Object.keys(COUNTS) as [Unit, ...Unit[]]

const bound = z.int().min(0).max(10_000_000).optional()

export const textCount = defineVerifier({
  kind: 'text_count',
  summary:
    'The response has at least `min` and at most `max` characters, lines, sentences, paragraphs or bullets; blank lines are none.',
  schema: z
    .strictObject({
      kind: z.literal('text_count'),
      name: verifierName,
      unit: z.enum(units),
      min: bound,
      max: bound,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, invalidVerifier('needs a min or a max'))
    .refine(({ min = 0, max = Infinity }) => min <= max, invalidVerifier('has a min above its max')),
  run({ unit, min, max }, { response }) {
    const count = COUNTS[unit](response)
    const bounds = [min !== undefined && `at least ${min}`, max !== undefined && `at most ${max}`]
    return {
      passed: count >= (min ?? 0) && count <= (max ?? Infinity),
      expected: `${bounds.filter(Boolean).join(', ')} ${unit}`,
      received: `${count} ${unit}`,
    }
  },
})
