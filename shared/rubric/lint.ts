import * as z from 'zod'
import { PlumblineError } from '../protocol/error.ts'
import { type Clause, type MetaRubricLayer, metaRubricLayer } from '../protocol/rubric.ts'
import { contradictionsOf } from './lint/contradictions.ts'
import { type Fault, quoted, sentenceOf } from './lint/fault.ts'
import { structureFaults } from './lint/structure.ts'
import { languageFaults, wordingFaults } from './lint/wording.ts'
import { overlapOf, subjectsOf } from './lint/words.ts'
import { nameOf } from './name.ts'

/** The share of words in title and description from which two clauses are one said twice. */
const DUPLICATE = 0.5

const MOST_COMPARED = 100

/**
 * Everything that is wrong with a layer, in the order of its fields; empty where it may be published. `known`
 * are the layers that it may extend. Where its schema is broken, nothing further is looked at.
 */
export function lintLayer(layer: unknown, known: MetaRubricLayer[]): Fault[] {
  const parsed = metaRubricLayer.safeParse(layer)
  if (!parsed.success) return parsed.error.issues.map((issue) => schemaFault(layer, issue))
  const base = known.find((other) => nameOf(other) === parsed.data.extends)
  const clauses = [...(base?.fatal ?? []), ...parsed.data.fatal, ...parsed.data.pool]
  // clause by clause against all others: a layer that is far too large is told so, and no more
  const compared = clauses.length <= MOST_COMPARED ? clauses : []
  return [
    ...structureFaults(parsed.data, base),
    ...languageFaults(parsed.data),
    ...wordingFaults(parsed.data),
    ...duplicateFaults(compared),
    ...contradictionFaults(compared),
  ]
}

/** The layer, once it has passed its lint. Throws `invalid_meta_rubric`, which names the first fault and counts the rest. */
export function requireSoundLayer(layer: unknown, known: MetaRubricLayer[]): MetaRubricLayer {
  const [first, ...more] = lintLayer(layer, known)
  if (!first) return metaRubricLayer.parse(layer)
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  const message = `The layer fails its lint at ${sentenceOf(first).replace(/\.$/, `${rest}.`)}`
  throw new PlumblineError('invalid_meta_rubric', message, { param: first.field ?? undefined })
}

const clauseList = z.looseObject({
  fatal: z.array(z.looseObject({ id: z.unknown() })).optional(),
  pool: z.array(z.looseObject({ id: z.unknown() })).optional(),
})

function schemaFault(layer: unknown, { path, message }: z.core.$ZodIssue): Fault {
  const [list, index] = path
  const lists = clauseList.safeParse(layer).data
  const clauses = list === 'pool' ? lists?.pool : list === 'fatal' ? lists?.fatal : undefined
  const id = typeof index === 'number' ? clauses?.[index]?.id : undefined
  const received = path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    layer,
  )
  return {
    rule: 'schema',
    clause: typeof id === 'string' ? id : null,
    field: path.length === 0 ? null : path.join('.'),
    expected: `what the schema asks for (${message})`,
    received: quoted(received),
  }
}

function duplicateFaults(clauses: Clause[]): Fault[] {
  const words = clauses.map(({ title, description }) => subjectsOf(`${title} ${description}`))
  return clauses.flatMap(({ id }, index) =>
    clauses.slice(0, index).flatMap((earlier, place): Fault[] => {
      const share = overlapOf(words[index] ?? new Set(), words[place] ?? new Set())
      if (share < DUPLICATE) return []
      const received = `${Math.round(share * 100)} % of its words in common with '${earlier.id}'`
      const expected = 'a matter of its own'
      return [{ rule: 'near_duplicate', clause: id, field: 'description', expected, received }]
    }),
  )
}

function contradictionFaults(clauses: Clause[]): Fault[] {
  return contradictionsOf(clauses).map(({ ids: [one, other], reason }) => ({
    rule: 'contradiction',
    clause: other,
    field: 'title',
    expected: `agreement with '${one}', or conditions in 'applies' that keep them apart`,
    received: reason,
  }))
}
