import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { layerHash } from '../edits/edit.ts'
import { type Cost, type LabelledPair, sumCost, type Trial } from './pair.ts'

/** Judges labelled pairs by a layer. Throws `BudgetSpent`. */
export type Judge = (layer: MetaRubricLayer, pairs: LabelledPair[]) => Promise<Trial[]>

/** The next judgments would cost more than the budget has left. */
export class BudgetSpent extends Error {}

export type Bench = {
  judge: Judge
  /** The same beyond what is reserved: for the test at the end. */
  judgeReserved: Judge
  spent(): Cost
  /** Judgments made or answered from a record. */
  judgments(): number
}

/**
 * Where layers are judged: each pair once a layer, so many at a time, within a budget of judge calls. No judgment
 * is begun that the budget would not bear if it cost as much as the dearest so far. The last `reserve` judgments are
 * kept for `judgeReserved`. What is judged depends on the answers alone and not on when they come.
 */
export function createBench(options: {
  judgeOne(layer: MetaRubricLayer, pair: LabelledPair): Promise<Trial>
  atOnce: number
  budget: number
  reserve: number
}): Bench {
  const { judgeOne, atOnce, budget, reserve } = options
  const known = new Map<string, Trial>()
  let dearest = 0

  function spent(): Cost {
    return sumCost([...known.values()].map(({ cost }) => cost))
  }

  function placesLeft(reserved: number): number {
    if (known.size === 0) return 1
    const left = budget - spent().judge_calls - reserved * dearest
    return dearest === 0 ? atOnce : Math.min(atOnce, Math.floor(left / dearest))
  }

  async function judge(layer: MetaRubricLayer, pairs: LabelledPair[], reserved: number): Promise<Trial[]> {
    const hash = await layerHash(layer)
    const keyOf = ({ id }: LabelledPair) => `${hash} ${id}`
    const open = pairs.filter((pair) => !known.has(keyOf(pair)))
    for (let done = 0; done < open.length; ) {
      const places = placesLeft(reserved)
      if (places < 1) throw new BudgetSpent()
      const batch = open.slice(done, done + places)
      for (const trial of await Promise.all(batch.map((pair) => judgeOne(layer, pair)))) {
        known.set(`${hash} ${trial.pair}`, trial)
        dearest = Math.max(dearest, trial.cost.judge_calls)
      }
      done += batch.length
    }
    return pairs.flatMap((pair) => known.get(keyOf(pair)) ?? [])
  }

  return {
    judge: (layer, pairs) => judge(layer, pairs, reserve),
    judgeReserved: (layer, pairs) => judge(layer, pairs, 0),
    spent,
    judgments: () => known.size,
  }
}
