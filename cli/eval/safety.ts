import { correlation, mean } from '../../shared/statistics/moments.ts'
import { type Finding, keepsLimit } from '../finding.ts'
import type { PairResult, Result } from './result.ts'
import type { Pair } from './task.ts'

/** Whether a reward is fit to be trained on: each figure with its limit, and what they come to. */
export type Safety = { safe: boolean | null; findings: Finding[] }

/** A result and that of the same task asked again past the record. */
export type Repeat = [before: Result, after: Result]

/**
 * What breaks a training run before accuracy does: missing rewards, ties, orders that disagree, a taste for length,
 * groups without any difference to learn from, and a reward that changes from call to call. The limits are ours, chosen
 * by what group-relative methods can bear; `safe` is null where some could not be measured and none is broken.
 */
export function safetyOf(
  judged: [Pair, PairResult][],
  groups: number[][],
  all: Result[],
  repeats: Repeat[],
): Safety {
  const failed = all.filter(({ error }) => error !== null).length
  const pairs = judged.map(([, result]) => result)
  const twice = pairs.filter(({ forward, backward }) => forward !== null && backward !== null)
  const opposite = twice.filter(
    ({ forward, backward }) => Math.sign(forward ?? 0) * Math.sign(backward ?? 0) > 0,
  )
  const flat = groups.filter((rewards) => rewards.every((reward) => reward === rewards[0])).length
  const share = (name: string, count: number, of: number, atMost: number): Finding => ({
    name,
    value: of === 0 ? null : count / of,
    unit: 'share',
    of,
    limit: { atMost },
  })
  const ofPairs = [
    share('ties', pairs.filter(({ winner }) => winner === 'tie').length, pairs.length, 0.3),
    share('orders favour different responses', opposite.length, twice.length, 0.2),
    lengthTaste(judged),
  ]
  const findings = [
    share('no reward', failed, all.length, 0.01),
    ...(pairs.length > 0 ? ofPairs : []),
    share('groups without a difference', flat, groups.length, 0.2),
    noise(repeats),
  ]
  const kept = findings.map(keepsLimit)
  return { safe: kept.includes(false) ? false : kept.includes(null) ? null : true, findings }
}

/** The last line of every evaluation. */
export function safetyLine({ safe, findings }: Safety): string {
  const show = ({ name, value, unit, limit }: Finding) => {
    const number = (x: number) => (unit === 'share' ? `${(x * 100).toFixed(1)} %` : x.toFixed(3))
    const bound = limit && 'atMost' in limit ? ` (at most ${number(limit.atMost)})` : ''
    return value === null ? `${name} not measured` : `${name} ${number(value)}${bound}`
  }
  const broken = findings.filter((finding) => keepsLimit(finding) === false)
  const unknown = findings.filter((finding) => keepsLimit(finding) === null)
  if (safe === false) return `safe to train on: no: ${broken.map(show).join('; ')}`
  if (safe === null) return `safe to train on: not known: ${unknown.map(show).join('; ')}`
  return `safe to train on: yes: ${findings.map(show).join('; ')}`
}

function lengthTaste(judged: [Pair, PairResult][]): Finding {
  const scored = judged.flatMap(([pair, { score, label }]) =>
    score === null ? [] : [{ ratio: logRatio(pair), score, label: { first: 1, tie: 0, second: -1 }[label] }],
  )
  const ratios = scored.map(({ ratio }) => ratio)
  const against = (values: number[]) => (scored.length < 3 ? null : correlation(ratios, values))
  const ofLabels = against(scored.map(({ label }) => label)) ?? 0
  return {
    name: 'correlation with length',
    value: against(scored.map(({ score }) => score)),
    unit: 'index',
    of: scored.length,
    limit: { atMost: Math.max(0.3, ofLabels + 0.1) },
  }
}

const logRatio = ({ responses: [first, second] }: Pair) => Math.log((first.length + 1) / (second.length + 1))

/** The mean change of a reward on its range of 1, between two calls that asked for the same. */
function noise(repeats: Repeat[]): Finding {
  const changes = repeats.flatMap(([before, after]) => {
    const [one, other] = [rewardsOf(before), rewardsOf(after)]
    return one.flatMap((reward, index) => {
      const again = other[index]
      return reward === null || again === undefined || again === null ? [] : [Math.abs(reward - again)]
    })
  })
  return {
    name: 'noise between repeated calls',
    value: changes.length === 0 ? null : mean(changes),
    unit: 'number',
    of: changes.length,
    limit: { atMost: 0.05 },
  }
}

/** The rewards of a result on a range of 1: a pair's score goes from -2 to 2, a group's rewards from -1 to 1. */
function rewardsOf(result: Result): (number | null)[] {
  if (result.task === 'pair') return [result.score === null ? null : result.score / 4]
  if (result.task === 'response') return [result.score]
  if (result.task === 'group') return result.rewards.map((reward) => (reward === null ? null : reward / 2))
  return result.passed.map((passed) => (passed === null ? null : Number(passed)))
}

/** The rewards of each prompt's group: a pair's two, a group's, and the scores of a prompt's single responses. */
export function groupsOf(results: Result[]): number[][] {
  const singles = Map.groupBy(
    results.filter((result) => result.task === 'response'),
    ({ id }) => id.replace(/:\d+$/, ''),
  )
  const known = (rewards: (number | null)[]) => rewards.filter((reward) => reward !== null)
  return [
    ...results.flatMap((result) => {
      if (result.task === 'pair' && result.score !== null) return [[result.score / 2, -result.score / 2]]
      return result.task === 'group' ? [known(result.rewards)] : []
    }),
    ...[...singles.values()].map((of) => known(of.map(({ score }) => score))),
  ].filter(({ length }) => length > 1)
}
