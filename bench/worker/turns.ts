import { setTimeout as pause } from 'node:timers/promises'
import { median, report } from '../statistics.ts'

/** One way to do a piece of work; `run` gives how many units a second it did in a round. */
export type Contestant = { name: string; run(round: number): Promise<number> }

/** Long enough for the other engine's threads to stop waiting for work on the processor. */
const PAUSE_MS = 300

/**
 * Lets the contestants work in turns, after one round that isn't counted, and reports the first beside the best
 * of each rival: the best round, since a shared machine only ever makes them slower, and the median. Rivals of
 * one name are one rival in several settings, of which the better counts.
 */
export async function race(
  name: string,
  unit: string,
  rounds: number,
  ours: Contestant,
  rivals: readonly (Contestant & { setting?: string })[],
): Promise<{ best: number; median: number }> {
  const all = [ours, ...rivals]
  const rates = new Map(all.map((contestant) => [contestant, [] as number[]]))
  for (let round = -1; round < rounds; round++) {
    for (const contestant of all) {
      await pause(PAUSE_MS)
      const rate = await contestant.run(round)
      if (round >= 0) rates.get(contestant)?.push(rate)
    }
  }
  const mine = { best: best(rates.get(ours)), median: median(rates.get(ours) ?? []) }
  if (rivals.length === 0) report({ name: `${name}, best`, value: mine.best, unit })
  for (const rival of new Set(rivals.map((each) => each.name))) {
    const settings = rivals.filter((each) => each.name === rival)
    for (const [kind, value, of] of [
      ['best', mine.best, best],
      ['median', mine.median, (list: readonly number[] = []) => median(list)],
    ] as const) {
      const theirs = settings
        .map((each) => ({ setting: each.setting, rate: of(rates.get(each)) }))
        .reduce((better, each) => (each.rate > better.rate ? each : better))
      const against = theirs.setting === undefined ? rival : `${rival} (${theirs.setting})`
      report({ name: `${name}, ${kind}`, value, unit, against, ratio: value / theirs.rate })
    }
  }
  return mine
}

function best(rates: readonly number[] = []): number {
  return Math.max(...rates)
}
