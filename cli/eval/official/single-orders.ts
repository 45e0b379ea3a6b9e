import type { Finding } from '../../finding.ts'
import type { Pair, Results } from '../task.ts'
import { winnersOfOrders } from './orders.ts'

/**
 * LLMBar's figures: the mean accuracy of single orders, the share of pairs that are right in both, and the share on which
 * both orders agree. Its own evaluators can't tie; a tie of an order counts half here, a pair without a judgment is wrong in both.
 */
export function singleOrders(pairs: Pair[], results: Results): Finding[] {
  let points = 0
  let agreed = 0
  let both = 0
  for (const { id, label } of pairs) {
    const result = results(id)
    const winners = result?.task === 'pair' ? winnersOfOrders(result) : null
    if (!winners) continue
    for (const winner of winners) points += winner === label ? 1 : winner === 'tie' ? 0.5 : 0
    if (winners[0] !== winners[1]) continue
    agreed++
    if (winners[0] === label) both++
  }
  const of = pairs.length
  return [
    { name: 'accuracy, mean of single orders', value: points / (2 * of), unit: 'share', of },
    { name: 'right in both orders', value: both / of, unit: 'share', of },
    { name: 'positional agreement', value: agreed / of, unit: 'share', of },
  ]
}
