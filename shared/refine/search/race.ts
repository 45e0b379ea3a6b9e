import { type Gain, gainOf, scoreOf } from '../measure/fitness.ts'
import type { LabelledPair } from '../measure/pair.ts'
import type { Member } from './member.ts'
import type { SearchContext, SearchOptions } from './options.ts'

/** A child with the parent that it has to keep up with. */
export type Runner = { child: Member; parent: Member }

/**
 * Races children against their parents on one minibatch after another: a child whose judgments are worse beyond the
 * bootstrap interval is dropped at once, and after the last round those are that gained nothing by theirs. Gives the
 * survivors, largest gain first; children are marked with their score and fate.
 */
export async function race(
  runners: Runner[],
  minibatches: LabelledPair[][],
  { judge }: Pick<SearchContext, 'judge'>,
  { penalties, confidence, seed }: SearchOptions,
): Promise<Member[]> {
  let left = runners.map((runner) => ({ ...runner, gain: null as Gain | null }))
  const seen: LabelledPair[] = []
  for (const minibatch of minibatches) {
    seen.push(...minibatch)
    const still: typeof left = []
    for (const { child, parent } of left) {
      const [trials, before] = [await judge(child.layer, seen), await judge(parent.layer, seen)]
      child.scores.train = scoreOf(child.layer, trials, seen, penalties)
      const tried = { layer: child.layer, trials }
      const against = { layer: parent.layer, trials: before }
      const gain = gainOf(tried, against, seen, penalties, { seed, level: confidence })
      child.gain = gain?.fitness ?? null
      if (gain !== null && gain.judged.high < 0)
        drop(child, `It lost ${shown(-gain.judged.mean)} on ${seen.length} train pairs.`)
      else still.push({ child, parent, gain })
    }
    left = still
  }
  const ranked = left.toSorted((a, b) => (b.gain?.fitness ?? -1) - (a.gain?.fitness ?? -1))
  const gained = ranked.filter(({ gain }) => gain !== null && gain.judged.mean > 0)
  for (const { child, gain } of ranked) {
    if (gain === null) drop(child, 'No train pair has a verdict by it and by its parent.')
    else if (gain.judged.mean <= 0) drop(child, `It gained nothing on ${seen.length} train pairs.`)
  }
  return gained.map(({ child }) => child)
}

export function drop(child: Member, reason: string): void {
  child.fate = 'dropped'
  child.reason = reason
}

export const shown = (value: number) => value.toFixed(4)
