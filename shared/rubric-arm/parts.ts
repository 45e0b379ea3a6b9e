import { seedOf } from '../identity/seed.ts'
import { type Prompt, toMessages } from '../protocol/message.ts'

/**
 * Cuts pairs into T disjoint parts of nearly equal size (Rubric-ARM, systems.md 1.2). All pairs of a prompt are in one
 * part; which one is drawn by a hash of the seed and the prompt.
 */
export async function cutIntoParts<P extends { prompt: Prompt }>(
  pairs: readonly P[],
  parts: number,
  seed: number,
): Promise<P[][]> {
  const byPrompt = Map.groupBy(pairs, ({ prompt }) => JSON.stringify(toMessages(prompt)))
  const drawn = await Promise.all(
    [...byPrompt].map(async ([prompt, group]) => ({ group, rank: await seedOf(['part', seed, prompt]) })),
  )
  const cut: P[][] = Array.from({ length: parts }, () => [])
  for (const { group } of drawn.toSorted((a, b) => a.rank - b.rank)) {
    cut.reduce((least, part) => (part.length < least.length ? part : least)).push(...group)
  }
  return cut
}
