import type { Winner } from '../../shared/protocol/judgment.ts'

/** A pair's label beside what was said of it; null where nothing was. */
export type Call = { label: Winner; said: Winner | null }

/** `value` is null where `of` is 0. */
export type Share = { count: number; of: number; value: number | null }

export type Accuracy = {
  /** Right among the pairs with a label and a winner: ties and nulls left out, as OpenRS publishes it. */
  ties_excluded: Share
  /** Right among all pairs: ties and nulls are wrong, as JudgeBench has it; a tie is right where the label is one. */
  ties_wrong: Share
  /** As before, but a tie or a null on a pair with a better response is half right. */
  ties_half: Share
}

/** Accuracy in the conventions that are in use (systems.md 3.6). */
export function accuracy(calls: Call[]): Accuracy {
  const right = calls.filter(({ label, said }) => said === label).length
  const labelled = calls.filter(({ label }) => label !== 'tie')
  const decided = labelled.filter(({ said }) => said === 'first' || said === 'second')
  return {
    ties_excluded: share(decided.filter(({ label, said }) => said === label).length, decided.length),
    ties_wrong: share(right, calls.length),
    ties_half: share(right + (labelled.length - decided.length) / 2, calls.length),
  }
}

export function share(count: number, of: number): Share {
  return { count, of, value: of === 0 ? null : count / of }
}
