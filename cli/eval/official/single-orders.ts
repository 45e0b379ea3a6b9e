import type { Finding } from '../../finding.ts'
import type { Pair, Results } from '../task.ts'
import { winnersOfOrders } from './orders.ts'

/**
 * LLMBar's two figures: the mean accuracy of single orders, and the share of pairs on which both orders agree. Its own
 * evaluators can't tie; a tie of an order counts half here, a pair without a judgment is wrong in both.
 */
export function singleOrders(pairs: Pair[], results: Results): Finding[] {
  let points = 0
  let agreed = 0
  for (const { id, label } of pairs) {
    const result = results(id)
    const winners = result?.task === 'pair' ? winnersOfOrders(result) : null
    if (!winners) continue
    for (const winner of winners) points += winner === label ? 1 : winner === 'tie' ? 0.5 : 0
    if (winners[0] === winners[1]) agreed++
  }
  const of = pairs.length
  return [
    { name: 'accuracy, mean of single orders', value: points / (2 * of), unit: 'share', of },
    { name: 'positional agreement', value: agreed / of, unit: 'share', of },
  ]
}
