import * as z from 'zod'
import { toMessages } from '../../shared/protocol/message.ts'
import { SERVED_FORMS } from '../../shared/rubric-arm/forms/forms.ts'
import { type WarmUp, warmUpConversations } from '../../shared/rubric-arm/warm-up.ts'
import { readAs, readRows } from '../eval/rows.ts'
import { Failure } from '../failure.ts'
import type { WonPair } from './phases.ts'

const trajectoryLine = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  rubric: z.string(),
  trajectory: z.string(),
  order: z
    .enum(['forward', 'backward'])
    .default('forward')
    .describe("forward: the judge saw the pair's first response as A."),
})

/**
 * Warm-up data out of trajectories of a teacher, see `warmUpConversations`. Throws a `Failure` naming the line that is
 * no trajectory, or is of no pair.
 */
export async function readWarmUp(path: string, pairs: WonPair[], salt: string): Promise<WarmUp> {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]))
  const rows = readRows(path)
  const taught = readAs(trajectoryLine, rows, 'trajectory').map(
    ({ id, rubric, trajectory, order }, index) => {
      const pair = byId.get(id)
      if (!pair) throw new Failure(`${rows[index]?.at} is of pair '${id}', which is not among the pairs.`)
      const { prompt, responses, label } = pair
      const written = { rubric, text: trajectory, order }
      return { prompt: toMessages(prompt), responses, winner: label, trajectory: written }
    },
  )
  return warmUpConversations(taught, SERVED_FORMS.full, salt)
}
