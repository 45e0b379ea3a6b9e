import * as z from 'zod'
import { type Message, toMessages } from '../../shared/protocol/message.ts'
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

/** Conversations of supervised warm-up; the last message of each is what is learnt. */
export type WarmUp = { judge: Message[][]; generator: Message[][]; dropped: number }

/** A rubric is kept that is right about at least this share of its trajectories (OpenRubrics, systems.md 1.9). */
const RIGHT_ENOUGH = 0.5

/**
 * Warm-up data out of trajectories of a teacher (Rubric-ARM's stage I, systems.md 1.2). Kept is what the models should
 * learn to do: trajectories in their form that name the label's winner, and, once each, rubrics in their form by which
 * at least half of the trajectories do. Throws a `Failure` naming the line that is no trajectory, or is of no pair.
 */
export async function readWarmUp(path: string, pairs: WonPair[], salt: string): Promise<WarmUp> {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]))
  const judge: Message[][] = []
  const rubrics = new Map<string, { prompt: Message[]; rubric: string; right: boolean[] }>()
  const rows = readRows(path)
  const lines = readAs(trajectoryLine, rows, 'trajectory')
  for (const [index, line] of lines.entries()) {
    const pair = byId.get(line.id)
    if (!pair) throw new Failure(`${rows[index]?.at} is of pair '${line.id}', which is not among the pairs.`)
    const { criteria } = readRubricText(line.rubric)
    if (criteria === null) continue
    const named = winnerIn(line.trajectory)
    const turned = line.order === 'backward'
    const right = named !== null && (named === pair.label) !== turned
    const prompt = toMessages(pair.prompt)
    const key = JSON.stringify([prompt, line.rubric])
    const known = rubrics.get(key) ?? { prompt, rubric: line.rubric, right: [] }
    rubrics.set(key, { ...known, right: [...known.right, right] })
    if (!right || formatReward(line.trajectory, { criteria }).reward === 0) continue
    const [first, second] = pair.responses
    const shown: [string, string] = turned ? [second, first] : [first, second]
    const rubric = { id: '', object: 'rubric', meta_rubric: null, criteria } as const
    const asked = await judgeMessages({ prompt, shown, reference: null, rubric }, salt)
    judge.push([...asked, { role: 'assistant', content: line.trajectory }])
  }
  const generator = await Promise.all(
    [...rubrics.values()]
      .filter(({ right }) => right.filter(Boolean).length >= RIGHT_ENOUGH * right.length)
      .map(
        async ({ prompt, rubric }): Promise<Message[]> => [
          ...(await generatorMessages(prompt, salt)),
          { role: 'assistant', content: rubric },
        ],
      ),
  )
  return { judge, generator, dropped: lines.length - judge.length }
}
