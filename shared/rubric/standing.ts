import {
  type Category,
  type Criterion,
  type Level,
  type Rule,
  SCHEMES,
  type Scheme,
} from '../protocol/rubric.ts'

/** Weight of each level that is averaged; `fatal` vetoes instead (OpenRS, systems.md 3.3). */
export const LEVEL_WEIGHTS: Record<Exclude<Level, 'fatal'>, number> = { core: 5, important: 2, highlight: 1 }

/** Rubric-ARM gives its criteria no weights (systems.md 1.1). Elsewhere they weigh as core and important: our choice. */
export const RULE_WEIGHTS: Record<Rule, number> = { hard_rule: 5, principle: 2 }

/** RaR's explicit weights (systems.md 4). */
export const CATEGORY_WEIGHTS: Record<Category, number> = {
  essential: 1,
  important: 0.7,
  optional: 0.3,
  pitfall: 0.9,
}

/** How a criterion counts: as a veto, or with a weight of at least 0; `sign` is -1 where meeting it is bad. */
export type Standing = { veto: true } | { veto: false; weight: number; sign: 1 | -1 }

const VETO: Standing = { veto: true }
const weighing = (weight: number, sign: 1 | -1 = 1): Standing => ({ veto: false, weight, sign })

/** How a criterion counts, whatever the scheme of its rubric, so that any rubric serves every protocol. */
export function standingOf({ level, points, rule, category, weight }: Criterion): Standing {
  if (level !== undefined) return level === 'fatal' ? VETO : weighing(LEVEL_WEIGHTS[level])
  if (points !== undefined) return weighing(Math.abs(points), points < 0 ? -1 : 1)
  if (rule !== undefined) return weighing(RULE_WEIGHTS[rule])
  if (category !== undefined) return weighing(CATEGORY_WEIGHTS[category])
  return weighing(weight ?? 0)
}

/** The scheme that a rubric's criteria use: that of the first, since they all use the same one. */
export function schemeOf(criteria: Criterion[]): Scheme {
  return SCHEMES.find((scheme) => criteria[0]?.[scheme] !== undefined) ?? 'level'
}
