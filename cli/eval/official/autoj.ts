import type { Finding } from '../../finding.ts'
import type { Pair, Results } from '../task.ts'
import { winnersOfOrders } from './orders.ts'

/** Auto-J's figures: agreement with people, where both orders must say the same, and how often they do. */
export function consistentAgreement(pairs: Pair[], results: Results): Finding[] {
  const consistent = pairs.flatMap(({ id, label }) => {
    const result = results(id)
    const winners = result?.task === 'pair' ? winnersOfOrders(result) : null
    return winners && winners[0] === winners[1] ? [{ label, winner: winners[0] }] : []
  })
  const of = pairs.length
  const right = consistent.filter(({ label, winner }) => label === winner).length
  return [
    { name: 'agreement, ties among the labels', value: right / of, unit: 'share', of },
    { name: 'consistency', value: consistent.length / of, unit: 'share', of },
  ]
}
