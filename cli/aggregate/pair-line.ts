import * as z from 'zod'
import { aggregateCompat, aggregateHardened, readLine } from '../../shared/judge/pair/aggregate.ts'
import { winnerOf } from '../../shared/judge/pair/orders.ts'
import type { Winner } from '../../shared/protocol/judgment.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { Unscored } from './unscored.ts'

const line = z.strictObject({ items: z.array(z.unknown()), min_score: z.number().min(0).optional() })

export type PairScore = { score: number; winner: Winner }

/** The score and the winner of a comparison in OpenRS's published line format, by the published code's arithmetic. */
export function scoreCompat(value: unknown): PairScore {
  const { items, min_score = 0 } = parseWith(line, value)
  const score = aggregateCompat(items, min_score)
  return { score, winner: winnerOf(score, 0) }
}

/** The same by Plumbline's own. Throws `Unscored` for an item that says nothing, and where there is none. */
export function scoreHardened(value: unknown): PairScore {
  const { items, min_score = 0 } = parseWith(line, value)
  const verdicts = items.map((item, index) => {
    const verdict = readLine(item, String(index + 1))
    if ('code' in verdict) throw new Unscored(verdict.message)
    return verdict
  })
  const { score, error } = aggregateHardened(verdicts)
  if (error !== null) throw new Unscored(error.message)
  return { score, winner: winnerOf(score, min_score) }
}
