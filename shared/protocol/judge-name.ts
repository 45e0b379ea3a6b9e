/** The judges that answer as models do: two or more responses compared, or one scored by itself. */
export const NAMED_JUDGES = ['openrs', 'rubric-arm', 'pointwise', 'direct'] as const
export type NamedJudge = (typeof NAMED_JUDGES)[number]

/** A judge, and the id of the model entry that it judges with; null for the default one. */
export type JudgeName = { judge: NamedJudge; model: string | null }

const PREFIX = 'plumbline/'

/** What `plumbline/openrs` and `plumbline/openrs@entry` name; null for any other name. */
export function parseJudgeName(name: string): JudgeName | null {
  if (!name.startsWith(PREFIX)) return null
  const [first = '', ...rest] = name.slice(PREFIX.length).split('@')
  const judge = NAMED_JUDGES.find((known) => known === first)
  const model = rest.join('@')
  return judge === undefined ? null : { judge, model: model === '' ? null : model }
}

/** The name of a judge as callers write it in `model`. */
export const judgeName = (judge: NamedJudge): string => PREFIX + judge
