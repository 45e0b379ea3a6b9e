import { trunkTokens } from './row-parts.ts'
import type { TrainingShape } from './training-ports.ts'

/**
 * Where in a row each branch begins, told the lengths of the row's prompt and branches: behind the prompt in the trunk, or
 * in a lane, behind others where they fit. Null where the row is too small. The longest are placed first, each where the
 * least room is left over.
 */
export function branchPlaces(
  shape: Pick<TrainingShape, 'tokens' | 'lanes'>,
  prompt: number,
  branches: readonly number[],
): number[] | null {
  const trunk = trunkTokens(shape)
  if (prompt > trunk) return null
  const { count, tokens } = shape.lanes ?? { count: 0, tokens: 0 }
  const gaps = [
    { from: prompt, room: trunk - prompt },
    ...Array.from({ length: count }, (_, lane) => ({ from: trunk + lane * tokens, room: tokens })),
  ]
  const places = branches.map(() => 0)
  const longestFirst = Array.from(branches.entries()).sort(([, a], [, b]) => b - a)
  for (const [branch, length] of longestFirst) {
    const [gap] = gaps.filter(({ room }) => room >= length).sort((a, b) => a.room - b.room)
    if (!gap) return null
    places[branch] = gap.from
    gap.from += length
    gap.room -= length
  }
  return places
}
