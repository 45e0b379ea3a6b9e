import { sha256 } from '../../../shared/identity/hash.ts'
import { distinctTexts } from './near-duplicates.ts'
import type { PreferencePair } from './read.ts'

/** Of the prompts: those whose hash begins with one of so many of the sixteen digits are held out. */
const HELD_OUT = 5

/**
 * A split of our own: near-duplicates removed and pairs longer than `most` characters left out; a prompt's pairs are all
 * on one side, which its hash says.
 */
export async function splitPairs(
  pairs: readonly PreferencePair[],
  most: number,
): Promise<{ trained: PreferencePair[]; heldOut: PreferencePair[]; long: number; repeated: number }> {
  const short = pairs.filter(({ prompt, chosen, rejected }) => `${prompt}${chosen}${rejected}`.length <= most)
  const kept = distinctTexts(short.map(({ prompt, chosen, rejected }) => `${prompt}\n${chosen}\n${rejected}`))
  const trained: PreferencePair[] = []
  const heldOut: PreferencePair[] = []
  for (const index of kept) {
    const pair = short[index]
    if (!pair) continue
    const digit = Number.parseInt((await sha256(pair.prompt)).slice(0, 1), 16)
    const side = digit < HELD_OUT ? heldOut : trained
    side.push(pair)
  }
  return { trained, heldOut, long: pairs.length - short.length, repeated: short.length - kept.length }
}
