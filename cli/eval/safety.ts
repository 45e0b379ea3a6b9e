import { mean } from '../../shared/statistics/moments.ts'
import { type Finding, keepsLimit, showLimit, showValue } from '../finding.ts'
import { lengthTaste } from '../length-taste.ts'
import type { PairResult, Result } from './result.ts'
import type { Pair } from './task.ts'

/** Whether a reward is fit to be trained on: each figure with its limit, and what they come to. */
export type Safety = { safe: boolean | null; findings: Finding[] }

/** A result and that of the same task asked again past the record. */
export type Repeat = [before: Result, after: Result]

/** Fewer cases than these say too little to call a limit kept; a limit that they break is broken all the same. */
const ENOUGH = { cases: 30, repeats: 5 }

/**
 * What breaks a training run before accuracy does: missing rewards, ties, orders that disagree, a taste for length,
 * groups without any difference to learn from, and a reward that changes from call to call. The limits are ours, chosen
 * by what group-relative methods can bear (docs/eval.md). `safe` is null where none is broken, and one could not be
 * measured or rests on too few cases.
 */
export function safetyOf(
  judged: [Pair, PairResult][],
  groups: number[][],
  all: Result[],
  repeats: Repeat[],
): Safety {
  const pairs = judged.map(([, result]) => result)
  const twice = pairs.flatMap(({ forward, backward }) =>
    forward === null || backward === null ? [] : [Math.sign(forward) * Math.sign(backward)],
  )
  const ties = pairs.filter(({ winner }) => winner === 'tie').length
  // each order's score favours the response that it shows first, so that equal signs name different responses
  const opposite = twice.filter((product) => product > 0).length
  const scored = judged.flatMap(([{ responses, label }, { score }]) =>
    score === null ? [] : [{ responses, label, score }],
  )
  const flat = groups.filter((rewards) => rewards.every((reward) => reward === rewards[0])).length
  const ofPairs = [
    share('ties', ties, pairs.length, 0.3),
    share('orders favour different responses', opposite, twice.length, 0.2),
    lengthTaste(scored),
  ]
  const ofRewards = share('groups without a difference', flat, groups.length, 0.2)
  const findings = [
    share('no reward', all.filter(hasNoReward).length, all.length, 0.01),
    ...(pairs.length > 0 ? ofPairs : []),
    ofRewards,
    noise(repeats),
  ]
  const broken = findings.some((finding) => keepsLimit(finding) === false)
  return { safe: broken ? false : findings.some(isOpen) ? null : true, findings }
}

const share = (name: string, count: number, of: number, atMost: number): Finding => ({
  name,
  value: of === 0 ? null : count / of,
  unit: 'share',
  of,
  limit: { atMost },
})

/** An error, or a number or a check that is missing among those that were asked for. */
function hasNoReward(result: Result): boolean {
  return result.error !== null || rewardsOf(result).includes(null)
}

/** Not measured, or on too few cases to say that the limit is kept. */
function isOpen({ name, value, of }: Finding): boolean {
  return value === null || of < (name === NOISE ? ENOUGH.repeats : ENOUGH.cases)
}

/** The last line of every evaluation. */
export function safetyLine({ safe, findings }: Safety): string {
  const show = (finding: Finding) =>
    finding.value === null
      ? `${finding.name} not measured`
      : `${finding.name} ${showValue(finding)} of ${finding.of} (${showLimit(finding)})`
  const broken = findings.filter((finding) => keepsLimit(finding) === false)
  const told = findings
    .filter(isOpen)
    .map((one) => (one.value === null ? show(one) : `${show(one)}, too few`))
  if (safe === false) return `safe to train on: no: ${broken.map(show).join('; ')}`
  if (safe === null) return `safe to train on: not known: ${told.join('; ')}`
  return `safe to train on: yes: ${findings.map(show).join('; ')}`
}

const NOISE = 'noise between repeated calls'

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
    name: NOISE,
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
