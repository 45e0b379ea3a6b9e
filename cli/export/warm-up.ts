import * as z from 'zod'
import { toMessages } from '../../shared/protocol/message.ts'
import { formatReward } from '../../shared/rubric-arm/format-reward.ts'
import { generatorMessages } from '../../shared/rubric-arm/generator.ts'
import { judgeMessages } from '../../shared/rubric-arm/opinions.ts'
import { readRubricText } from '../../shared/rubric-arm/rubric-text.ts'
import { winnerIn } from '../../shared/rubric-arm/trajectory.ts'
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

/** Rows of supervised warm-up in `messages` form, which all four trainers read. */
export type WarmUp = { judge: object[]; generator: object[]; dropped: number }

/**
 * Warm-up data out of trajectories of a teacher (Rubric-ARM's stage I, systems.md 1.2). Kept is what the model should
 * learn to do: a rubric and a trajectory in their form, and a winner that is the label's. Throws a `Failure` naming the
 * line that is no trajectory, or is of no pair.
 */
export async function readWarmUp(path: string, pairs: WonPair[], salt: string): Promise<WarmUp> {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]))
  const warmUp: WarmUp = { judge: [], generator: [], dropped: 0 }
  const rows = readRows(path)
  for (const [index, line] of readAs(trajectoryLine, rows, 'trajectory').entries()) {
    const pair = byId.get(line.id)
    if (!pair) throw new Failure(`${rows[index]?.at} is of pair '${line.id}', which is not among the pairs.`)
    const { criteria } = readRubricText(line.rubric)
    const named = winnerIn(line.trajectory)
    const turned = line.order === 'backward'
    const right = named !== null && (named === pair.label) !== turned
    if (criteria === null || !right || formatReward(line.trajectory, { criteria }).reward === 0) {
      warmUp.dropped++
      continue
    }
    const prompt = toMessages(pair.prompt)
    const [first, second] = pair.responses
    const rubric = { id: '', object: 'rubric', meta_rubric: null, criteria } as const
    const shown: [string, string] = turned ? [second, first] : [first, second]
    const asked = await judgeMessages({ prompt, shown, reference: null, rubric }, salt)
    warmUp.judge.push({ messages: [...asked, { role: 'assistant', content: line.trajectory }] })
    const told = await generatorMessages(prompt, salt)
    warmUp.generator.push({ messages: [...told, { role: 'assistant', content: line.rubric }] })
  }
  return warmUp
}
