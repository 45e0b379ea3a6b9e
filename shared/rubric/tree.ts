import type { Criterion } from '../protocol/rubric.ts'

/** The criteria that are judged: all of a flat rubric, of a tree those with nothing below them, in its order. */
export function leavesOf(criteria: Criterion[]): Criterion[] {
  return criteria.flatMap((one) => (one.criteria ? leavesOf(one.criteria) : [one]))
}

/**
 * What each leaf of a weighted tree counts of the whole, 0..1, by its id: the product of its and its ancestors'
 * weights, each as a share of its siblings' sum. Where siblings sum to 0 theirs is 0.
 */
export function sharesOf(criteria: Criterion[], whole = 1): Map<string, number> {
  const total = criteria.reduce((sum, { weight = 0 }) => sum + weight, 0)
  return new Map(
    criteria.flatMap((one) => {
      const share = total === 0 ? 0 : (whole * (one.weight ?? 0)) / total
      return one.criteria ? [...sharesOf(one.criteria, share)] : [[one.id, share] as const]
    }),
  )
}

/** A rubric's criteria without levels, for a judge that compares: of a tree its leaves, each weighing its share. */
export function flatOf(criteria: Criterion[]): Criterion[] {
  if (criteria.every((one) => !one.criteria)) return criteria
  const shares = sharesOf(criteria)
  return leavesOf(criteria).map((leaf) => ({ ...leaf, weight: shares.get(leaf.id) ?? 0 }))
}

/** The part of a rubric that carries one of the tags; what lies below a criterion carries its tags too. */
export function taggedPart(criteria: Criterion[], tags: ReadonlySet<string>): Criterion[] {
  return criteria.flatMap((one): Criterion[] => {
    if (one.tags?.some((tag) => tags.has(tag))) return [one]
    const below = taggedPart(one.criteria ?? [], tags)
    return below.length === 0 ? [] : [{ ...one, criteria: below }]
  })
}
