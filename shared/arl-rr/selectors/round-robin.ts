import type { Choice, Selector, Standing } from './selector.ts'

/** The candidate that follows the class trained last, in the order of the schedule and round it. */
export function nextInTurn({ schedule: { classes, ended }, candidates }: Omit<Standing, 'probes'>): Choice {
  const last = classes.indexOf(ended.at(-1)?.meta_class ?? '')
  const turned = [...classes.slice(last + 1), ...classes.slice(0, last + 1)]
  const metaClass = turned.find((one) => candidates.includes(one)) ?? candidates[0]
  if (metaClass === undefined) throw new Error('A choice needs a candidate.')
  return { meta_class: metaClass, probability: null }
}

/** Each class in turn. */
export const roundRobin: Selector<unknown> = (_, standing) => nextInTurn(standing)
