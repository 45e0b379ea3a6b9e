import type { MetaRubricDiff } from '../../protocol/governance.ts'
import type { MetaRubric } from '../../protocol/rubric.ts'

const FIELDS = ['level', 'title', 'description', 'applies'] as const
const HEAD = ['language', 'extends', 'title', 'description'] as const

/** What differs between two versions of a meta-rubric, clause by clause, in the order of the clauses. */
export function diffOf(from: MetaRubric, to: MetaRubric): MetaRubricDiff {
  const before = new Map(from.clauses.map((clause) => [clause.id, clause]))
  const after = new Map(to.clauses.map((clause) => [clause.id, clause]))
  return {
    object: 'meta_rubric.diff',
    name: to.name,
    from: from.version,
    to: to.version,
    added: to.clauses.filter(({ id }) => !before.has(id)),
    removed: from.clauses.filter(({ id }) => !after.has(id)),
    changed: to.clauses.flatMap((now) => {
      const then = before.get(now.id)
      const fields = FIELDS.filter((field) => then && then[field] !== now[field])
      return then && fields.length > 0 ? [{ id: now.id, fields, from: then, to: now }] : []
    }),
    principles: {
      added: to.principles.filter((principle) => !from.principles.includes(principle)),
      removed: from.principles.filter((principle) => !to.principles.includes(principle)),
    },
    fields: HEAD.flatMap((field) =>
      from[field] === to[field] ? [] : [{ field, from: from[field], to: to[field] }],
    ),
  }
}
