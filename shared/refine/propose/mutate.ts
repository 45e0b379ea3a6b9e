import type { Edit } from '../../protocol/governance.ts'
import type { Clause, Level, MetaRubricLayer } from '../../protocol/rubric.ts'
import { seededRandom } from '../../statistics/random.ts'
import { ownClause } from '../edits/edit.ts'
import type { Cluster } from '../errors/cluster.ts'
import { NO_COST } from '../measure/pair.ts'
import { editKey, type Proposed, type Proposer } from './proposer.ts'

/** From heaviest to lightest; a veto is left where it is. */
const LADDER: Level[] = ['core', 'important', 'highlight']

/**
 * Proposes by rule, without a model: clauses that are to blame weigh less or go, others weigh more, less or go, and
 * clauses of other layers come in. Half of the edits follow the blame, the other half are drawn by the seed. Our own:
 * it lets a search run with models that can't write.
 */
export function mutationProposer(library: MetaRubricLayer[]): Proposer {
  return async ({ layer, clusters, count, seed, tried }) => {
    const blamed = clusters.flatMap((cluster) => answersTo(cluster, layer))
    const drawn = shuffled([...borrowings(layer, library), ...changes(layer)], seededRandom(seed))
    const edits: Proposed[] = []
    const taken = new Set(tried)
    const take = (from: Proposed[], upTo: number) => {
      for (const proposed of from) {
        if (edits.length >= upTo) return
        const key = editKey(proposed.edit)
        if (taken.has(key)) continue
        taken.add(key)
        edits.push(proposed)
      }
    }
    take(blamed, Math.ceil(count / 2))
    take(drawn, count)
    take(blamed, count)
    return { edits, cost: NO_COST, failure: null }
  }
}

function answersTo({ clause: id, outcome, pairs }: Cluster, layer: MetaRubricLayer): Proposed[] {
  const clause = id === null ? null : ownClause(layer, id)
  if (!clause || clause.level === 'fatal') return []
  const why = `'${clause.id}' did most to make ${pairs.length} judgments ${outcome === 'tie' ? 'ties' : 'wrong'}`
  const lighter = moved(clause, 1)
  const edits: Edit[] = [...(lighter ? [lighter] : []), { op: 'delete', id: clause.id }]
  return edits.map((edit) => ({ edit, rationale: `${why}.`, origin: 'mutation' }))
}

function changes({ pool }: MetaRubricLayer): Proposed[] {
  return pool.flatMap((clause) =>
    [moved(clause, -1), moved(clause, 1), { op: 'delete', id: clause.id } as const]
      .filter((edit) => edit !== null)
      .map((edit): Proposed => ({ edit, rationale: 'A change drawn by chance.', origin: 'mutation' })),
  )
}

function moved(clause: Clause, steps: number): Edit | null {
  const level = LADDER[LADDER.indexOf(clause.level) + steps]
  return level === undefined ? null : { op: 'modify', clause: { ...clause, level } }
}

/** Clauses of other layers' pools under an id that fits this one; its lint says which of them say nothing new. */
function borrowings(layer: MetaRubricLayer, library: MetaRubricLayer[]): Proposed[] {
  const others = library.filter(({ name, language }) => name !== layer.name && language === layer.language)
  return others.flatMap(({ name, extends: base, pool }) =>
    pool.flatMap((clause): Proposed[] => {
      const bare = base === undefined ? clause.id : clause.id.slice(clause.id.indexOf('-') + 1)
      const id = layer.extends === undefined ? clause.id : `${prefixOf(layer)}-${bare}`
      if (ownClause(layer, id)) return []
      const edit: Edit = { op: 'add', clause: { ...clause, id } }
      return [{ edit, rationale: `Borrowed from '${name}'.`, origin: 'mutation' }]
    }),
  )
}

/** What the ids of a domain's clauses begin with. */
function prefixOf({ name, pool }: MetaRubricLayer): string {
  return pool[0]?.id.split('-')[0] ?? name
}

function shuffled<T>(values: T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value)
}
