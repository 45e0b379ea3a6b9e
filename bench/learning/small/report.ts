import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import { mean, meanOrNull } from '../../../shared/statistics/moments.ts'
import { type Interval, nestedBootstrap } from '../report/nested-bootstrap.ts'
import { type Condition, nameOf, own, pairsOf, type Study } from './conditions.ts'
import type { HeldOut } from './data.ts'
import { outcomesOf } from './measure.ts'

/** A mean over requests and seeds with its interval, and of how many of each. */
export type Estimate = Interval & { requests: number; seeds: number }

export type LearningReport = {
  seeds: number[]
  /** Shares of pairs with the right winner; a pair without a winner counts as a coin. */
  accuracies: {
    name: string
    /** The share of pairs of which the judge named a winner. */
    judged: number
    all: Estimate | null
    splits: Record<string, Estimate | null>
  }[]
  /** By kind of constraint, of the conditions on all pairs by their names. */
  kinds: { kind: string; accuracies: Record<string, Estimate | null> }[]
  /** Of two conditions on the same pairs. */
  differences: { name: string; estimate: Estimate | null }[]
  longer_wins: number
  /** Largest less smallest accuracy of three arrangements of the same pairs, by seed. */
  position_spread: (number | null)[]
  /** Of the final arm's generator, by seed: the share of groups in which rubrics earned differently. */
  generator_groups_with_variance: (number | null)[]
}

/** A seed's outcomes of a condition, by request: of each pair 1, 0, or 0.5 without a winner. */
type Outcomes = ReadonlyMap<number, Outcome>
type Outcome = Pick<HeldOut, 'split' | 'kind'> & { scores: number[]; judged: boolean[] }

export type Measured = {
  study: Study
  /** What was measured, by seed. */
  folders: ReadonlyMap<number, string>
  /** The run of the final arm, by seed. */
  finals: ReadonlyMap<number, string>
  heldOut: readonly HeldOut[]
  aside: number
}

/** Puts what was measured of some seeds together. */
export async function makeReport({
  study,
  folders,
  finals,
  heldOut,
  aside,
}: Measured): Promise<LearningReport> {
  const byCondition = new Map<string, Outcomes[]>()
  for (const condition of study.conditions) {
    const seeds = await Promise.all(
      Array.from(folders.values(), (folder) => scoresOf(folder, condition, heldOut, aside)),
    )
    byCondition.set(nameOf(condition), seeds)
  }
  const of = (name: string) => byCondition.get(name) ?? []
  const splits = [...new Set(heldOut.map(({ split }) => split))]
  const kinds = [...new Set(heldOut.flatMap(({ kind }) => kind ?? []))]
  return {
    seeds: [...folders.keys()],
    accuracies: study.conditions.map((condition) => {
      const seeds = of(nameOf(condition))
      const judged = seeds.flatMap((one) => [...one.values()].flatMap((request) => request.judged))
      return {
        name: nameOf(condition),
        judged: mean(judged.map(Number)),
        all: estimate(seeds, () => true),
        splits: Object.fromEntries(
          splits.map((name) => [name, estimate(seeds, ({ split }) => split === name)]),
        ),
      }
    }),
    kinds: kinds.map((kind) => ({
      kind,
      accuracies: Object.fromEntries(
        study.conditions
          .filter(({ on }) => on === 'all')
          .map(nameOf)
          .map((name) => [name, estimate(of(name), (request) => request.kind === kind)]),
      ),
    })),
    differences: study.differences.map(([name, one, other]) => {
      return { name, estimate: difference(of(one), of(other)) }
    }),
    longer_wins: longerWins(heldOut),
    position_spread: [...folders.keys()].map((_, seed) =>
      spread(
        (['drawn', 'preferred_first', 'preferred_second'] as const).map(
          (shown) => of(nameOf(own(study.final, 'all', shown)))[seed],
        ),
      ),
    ),
    generator_groups_with_variance: await Promise.all(Array.from(finals.values(), groupsWithVariance)),
  }
}

async function scoresOf(
  folder: string,
  condition: Condition,
  heldOut: readonly HeldOut[],
  aside: number,
): Promise<Outcomes> {
  const outcomes = await outcomesOf(folder, condition)
  const found = new Map<number, Outcome>()
  for (const [index, { at, task }] of pairsOf(condition, heldOut, aside).entries()) {
    const right = outcomes[index]
    if (right === undefined) continue
    const request = found.get(at) ?? { split: task.split, kind: task.kind, scores: [], judged: [] }
    request.scores.push(right === null ? 0.5 : Number(right))
    request.judged.push(right !== null)
    found.set(at, request)
  }
  return found
}

function estimate(seeds: readonly Outcomes[], counts: (request: Outcome) => boolean): Estimate | null {
  const runs = seeds.map((one) => [...one.values()].filter(counts).map(({ scores }) => mean(scores)))
  return withCounts(runs)
}

/** Of the requests that both were measured on. */
function difference(one: readonly Outcomes[], other: readonly Outcomes[]): Estimate | null {
  const runs = one.map((scores, seed) =>
    [...scores].flatMap(([at, { scores: own }]) => {
      const theirs = other[seed]?.get(at)
      return theirs ? [mean(own) - mean(theirs.scores)] : []
    }),
  )
  return withCounts(runs)
}

function withCounts(runs: readonly (readonly number[])[]): Estimate | null {
  const interval = nestedBootstrap(runs, 1)
  const filled = runs.filter(({ length }) => length > 0)
  return (
    interval && {
      ...interval,
      requests: Math.max(...filled.map(({ length }) => length)),
      seeds: filled.length,
    }
  )
}

/** Over the requests that all arrangements have. */
function spread(arrangements: readonly (Outcomes | undefined)[]): number | null {
  const requests = [...(arrangements.at(-1)?.keys() ?? [])]
  const accuracies = arrangements.map((one) =>
    meanOrNull(requests.flatMap((at) => one?.get(at)?.scores ?? [])),
  )
  const known = accuracies.filter((accuracy) => accuracy !== null)
  return known.length === arrangements.length && known.length > 0
    ? Math.max(...known) - Math.min(...known)
    : null
}

function longerWins(heldOut: readonly HeldOut[]): number {
  const wins = heldOut.flatMap(({ pairs }) =>
    pairs.map(({ chosen, rejected }) => (Math.sign(chosen.length - rejected.length) + 1) / 2),
  )
  return mean(wins)
}

async function groupsWithVariance(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, 'metrics.jsonl'), 'utf8').catch(() => '')
  const shares = text.split('\n').flatMap((line): number[] => {
    const step = jsonOrNull(line)
    if (typeof step !== 'object' || step === null || !('phase' in step) || step.phase !== 'generator')
      return []
    if (!('metrics' in step) || typeof step.metrics !== 'object' || step.metrics === null) return []
    return 'groups_used' in step.metrics ? [Number(step.metrics.groups_used)] : []
  })
  return meanOrNull(shares)
}
