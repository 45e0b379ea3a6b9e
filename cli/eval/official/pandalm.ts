import type { Winner } from '../../../shared/protocol/judgment.ts'
import type { Finding } from '../../finding.ts'
import type { Pair, Results } from '../task.ts'

const LABELS: Winner[] = ['first', 'second', 'tie']

/**
 * PandaLM's figures over three labels: accuracy, and precision, recall and F1 as means over the labels. A pair
 * without a winner is wrong; PandaLM's own script takes a reply that it can't read as a tie.
 */
export function threeWay(pairs: Pair[], results: Results): Finding[] {
  const said = pairs.map(({ id, label }) => {
    const result = results(id)
    return { label, winner: result?.task === 'pair' ? result.winner : null }
  })
  const right = said.filter(({ label, winner }) => label === winner).length
  const scores = LABELS.map((one) => {
    const hits = said.filter(({ label, winner }) => label === one && winner === one).length
    const named = said.filter(({ winner }) => winner === one).length
    const there = said.filter(({ label }) => label === one).length
    const precision = named === 0 ? 0 : hits / named
    const recall = there === 0 ? 0 : hits / there
    return {
      precision,
      recall,
      f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    }
  })
  const of = pairs.length
  const macro = (name: 'precision' | 'recall' | 'f1'): Finding => ({
    name: `${name}, mean over labels`,
    value: scores.reduce((sum, score) => sum + score[name], 0) / scores.length,
    unit: 'share',
    of,
  })
  return [
    { name: 'accuracy over three labels', value: right / of, unit: 'share', of },
    macro('precision'),
    macro('recall'),
    macro('f1'),
  ]
}
