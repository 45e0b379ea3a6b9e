import { fence, NOTHING } from './fence.ts'

/** What stands in for every text of a neutral question. */
export const NEUTRAL = 'N/A'

/** A prompt and two responses between their fences, for the holes of a template that compares. */
export async function showPair(secret: string, prompt: string, [a, b]: [string, string]) {
  return {
    'fenced:prompt': await fence(secret, 'prompt', prompt),
    'fenced:response_a': await fence(secret, 'response_a', a),
    'fenced:response_b': await fence(secret, 'response_b', b),
  } as const
}

/** A reference answer between its fences, or nothing where there is none. */
export async function showReference(secret: string, reference: string | null) {
  return {
    'fenced:reference': reference ? await fence(secret, 'reference_answer', reference) : NOTHING,
  } as const
}
