import { canonicalJson } from '../../../shared/identity/canonical-json.ts'
import { sha256 } from '../../../shared/identity/hash.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Message, toMessages } from '../../../shared/protocol/message.ts'
import type { Sampler } from '../sampler.ts'

/** What methods that roll prompts out read of an example. */
export type Prompted = { prompt: string | Message[] }

/** The examples whose prompt leaves room for a whole completion, and how many do not. Throws where none does. */
export function thatFit<Example extends Prompted>(
  examples: readonly Example[],
  sampler: Pick<Sampler, 'prompt'>,
  { max_tokens, max_new_tokens }: { max_tokens: number; max_new_tokens: number },
): { fit: Example[]; tooLong: number } {
  const fit = examples.filter(
    ({ prompt }) => sampler.prompt(toMessages(prompt)).length + max_new_tokens <= max_tokens,
  )
  if (fit.length === 0) {
    throw new PlumblineError(
      'invalid_request',
      `No prompt and its completion of ${max_new_tokens} tokens fit max_tokens, which is ${max_tokens}: raise max_tokens, or lower max_new_tokens.`,
      { param: 'max_tokens' },
    )
  }
  return { fit, tooLong: examples.length - fit.length }
}

/**
 * Sets a share of the prompts aside, by a hash of the seed and each: whatever stands around a prompt, it is on the same
 * side. At least one of each side, where there are two prompts. Examples of one prompt stay together.
 */
export async function setAside<Example extends Prompted>(
  examples: readonly Example[],
  { share, seed }: { share: number; seed: number },
): Promise<{ trained: Example[]; heldOut: Example[] }> {
  const ranks = await Promise.all(
    examples.map(({ prompt }) => sha256(canonicalJson(['held-out', seed, toMessages(prompt)]))),
  )
  const ranked = [...new Set(ranks)].sort()
  if (ranked.length < 2) {
    throw new PlumblineError(
      'invalid_request',
      'The training file holds one prompt, so that none can be held out: give two at least.',
      { param: 'training_file' },
    )
  }
  const count = Math.min(ranked.length - 1, Math.max(1, Math.round(share * ranked.length)))
  const aside = new Set(ranked.slice(0, count))
  const isAside = (_: Example, at: number) => aside.has(ranks[at] ?? '')
  return {
    trained: examples.filter((example, at) => !isAside(example, at)),
    heldOut: examples.filter(isAside),
  }
}
