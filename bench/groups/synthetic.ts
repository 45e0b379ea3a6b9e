import type { JudgmentRequest } from '../../shared/protocol/judgment.ts'
import { makeRewards } from '../../shared/reward/rewards.ts'
import { judgeBy, type Opinion } from '../../shared/testing/number-judge.ts'
import type { Way } from './ways.ts'

/** How far a judge's score of one order strays from the difference in strength, as a standard deviation. */
const NOISE = 1
/** By how much every order favours what it shows first. */
const POSITION = 0.25

/** A group whose strengths are known, drawn from a normal distribution of deviation 1; texts are numbers. */
export type Group = { responses: string[]; strengths: number[]; opinion: Opinion }

export function drawGroup(size: number, seed: number): Group {
  const draw = normals(seed)
  const strengths = Array.from({ length: size }, draw)
  const noise = new Map<string, number>()
  const scoreOf = (shown: string, other: string) => {
    const key = `${shown} ${other}`
    const strayed = noise.get(key) ?? normals(seed * 4099 + Number(shown) * 64 + Number(other))()
    noise.set(key, strayed)
    const difference = (strengths[Number(shown)] ?? 0) - (strengths[Number(other)] ?? 0)
    return Math.max(-2, Math.min(2, difference + POSITION + NOISE * strayed))
  }
  return {
    responses: strengths.map((_, place) => String(place)),
    strengths,
    opinion: (first, second) => [scoreOf(first, second), scoreOf(second, first)],
  }
}

/** What a way costs on a group: comparisons, the rounds in which they were asked for, and time of our own, ms. */
export type Cost = { rewards: number[]; comparisons: number; rounds: number; ms: number }

export async function rewardSynthetic(
  { responses, opinion }: Group,
  { ask }: Way,
  seed: number,
): Promise<Cost> {
  let comparisons = 0
  let rounds = 0
  let waiting: Promise<void> | null = null
  // judgments of one round are asked for in one turn and answered together in the next
  const nextTurn = () => {
    rounds++
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting = null
    })
  }
  const judge = async (request: JudgmentRequest) => {
    const id = `jdg_${comparisons++}`
    waiting ??= nextTurn()
    await waiting
    return judgeBy(opinion, request, id)
  }
  const started = performance.now()
  const { data } = await makeRewards({ prompt: 'Synthetic.', responses, seed, ...ask }, { judge })
  const ms = performance.now() - started
  return { rewards: data.map(({ reward }) => reward ?? Number.NaN), comparisons, rounds, ms }
}

/** Normally distributed numbers of a seed (Box and Muller over mulberry32). */
function normals(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
