import type { Clause, MetaRubricLayer } from '../../protocol/rubric.ts'
import { nameOf } from '../name.ts'
import { type Fault, quoted } from './fault.ts'

/** Fewest and most clauses of a pool: one that is smaller can't adapt, a larger one is not read whole. */
const POOL = [6, 24] as const

/** Faults in how a layer is built: what it extends, its ids, its levels and its size. */
export function structureFaults(layer: MetaRubricLayer, base: MetaRubricLayer | undefined): Fault[] {
  return [
    ...extendsFaults(layer, base),
    ...idFaults(layer, base),
    ...(layer.extends === undefined ? [] : prefixFaults(layer)),
    ...countFaults(layer),
    ...levelFaults(layer),
  ]
}

function extendsFaults(layer: MetaRubricLayer, base: MetaRubricLayer | undefined): Fault[] {
  if (layer.extends === undefined) return []
  const fault = { clause: null, field: 'extends', received: quoted(layer.extends) }
  if (!base) return [{ ...fault, rule: 'extends', expected: 'name@version of a layer that there is' }]
  if (base.extends !== undefined) return [{ ...fault, rule: 'extends', expected: 'a general layer' }]
  if (base.language === layer.language) return []
  const expected = `the language of ${nameOf(base)}, '${base.language}'`
  return [{ rule: 'language', clause: null, field: 'language', expected, received: quoted(layer.language) }]
}

function idFaults({ fatal, pool }: MetaRubricLayer, base: MetaRubricLayer | undefined): Fault[] {
  const ids = [...(base?.fatal ?? []), ...fatal, ...pool].map(({ id }) => id)
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index))
  return [...repeated].map((id) => ({
    ...{ rule: 'unique_id', clause: id, field: 'id', expected: 'an id of its own', received: quoted(id) },
  }))
}

/** The clauses of a domain share a prefix that begins the domain's name, so that an id says where it is from. */
function prefixFaults({ name, pool }: MetaRubricLayer): Fault[] {
  const prefixes = new Map<string, number>()
  for (const { id } of pool) prefixes.set(prefixOf(id), (prefixes.get(prefixOf(id)) ?? 0) + 1)
  const fitting = [...prefixes].filter(([prefix]) => prefix.length >= 3 && name.startsWith(prefix))
  const [prefix] = fitting.toSorted((a, b) => b[1] - a[1])[0] ?? [name]
  return pool
    .filter(({ id }) => prefixOf(id) !== prefix || id === `${prefix}-`)
    .map(({ id }) => ({
      ...{
        rule: 'id_prefix',
        clause: id,
        field: 'id',
        expected: `an id that begins '${prefix}-'`,
        received: quoted(id),
      },
    }))
}

const prefixOf = (id: string) => (id.includes('-') ? id.slice(0, id.indexOf('-')) : '')

function countFaults({ pool }: MetaRubricLayer): Fault[] {
  const [least, most] = POOL
  if (pool.length >= least && pool.length <= most) return []
  const expected = `${least} to ${most} clauses`
  return [{ rule: 'clause_count', clause: null, field: 'pool', expected, received: `${pool.length}` }]
}

function levelFaults({ fatal, pool, principles, extends: base }: MetaRubricLayer): Fault[] {
  const found: Fault[] = []
  if (base !== undefined)
    found.push(...fatal.map((clause) => fatalFault(clause, 'a domain has no fatal clause')))
  found.push(
    ...pool
      .filter(({ level }) => level === 'fatal')
      .map((clause) => fatalFault(clause, 'another level in the pool')),
    ...fatal
      .filter(({ level }) => level !== 'fatal')
      .map((clause) => fatalFault(clause, 'level "fatal" here')),
  )
  if (!pool.some(({ level }) => level === 'core')) {
    const expected = 'a clause of level "core"'
    found.push({ rule: 'core_clause', clause: null, field: 'pool', expected, received: 'none' })
  }
  if (base !== undefined && principles.length > 0) {
    const expected = 'no principles in a domain: those of the general layer hold'
    found.push({
      rule: 'principles',
      clause: null,
      field: 'principles',
      expected,
      received: quoted(principles),
    })
  }
  if (base === undefined && principles.length === 0) {
    const expected = 'principles in a general layer'
    found.push({ rule: 'principles', clause: null, field: 'principles', expected, received: 'none' })
  }
  return found
}

function fatalFault({ id, level }: Clause, expected: string): Fault {
  return { rule: 'fatal_clause', clause: id, field: 'level', expected, received: quoted(level) }
}
