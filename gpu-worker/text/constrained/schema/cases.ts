import { merge } from './merge.ts'
import { type Place, type Plain, plainOf, readKeywords, refuse, type Schema } from './plain.ts'
import { intersect } from './values.ts'

/** More cases of one value are refused: combinations of combinations multiply. */
const MAX_CASES = 500
/** References and combinations within each other that read nothing. */
const MAX_CHAIN = 64
/**
 * What looking at places and combining cases may cost in all, a place costing 1: about half a second. Combinations that
 * come to nothing can still double at each reference.
 */
const MAX_COST = 25_000
/** Of combining two cases, for each condition that they hold. */
const COST = 0.1

/** Splits schemas of one document into plain cases: a value fits when it fits one of them. */
export type Cases = (schema: Schema) => Plain[]

/** Follows `$ref` and multiplies `allOf`, `anyOf` and `oneOf` out. */
export function casesOf(document: unknown): Cases {
  let spent = 0
  const spend = (path: string, cost: number) => {
    spent += cost
    if (spent > MAX_COST)
      throw refuse(path, 'is combined in too many ways; combine fewer schemas, from fewer places')
  }
  const apartAt = new Map<string, boolean>()

  function ofSchema(schema: Schema, chain: readonly string[]): Plain[] {
    return product(
      schema.map((place) => ofPlace(place, chain)),
      spend,
    )
  }

  function ofPlace(place: Place, chain: readonly string[]): Plain[] {
    const { path, schema } = place
    spend(path, 1)
    if (schema === true) return [plainOf(path, {})]
    if (schema === false) return []
    if (chain.includes(path)) throw refuse(path, 'refers to itself without a value in between')
    if (chain.length >= MAX_CHAIN) throw refuse(path, `is more than ${MAX_CHAIN} references deep`)
    const inner = [...chain, path]
    const own = readKeywords(place)
    const each = (name: 'allOf' | 'anyOf' | 'oneOf') =>
      (own[name] ?? []).map((schema, index) => ofPlace({ path: `${path}/${name}/${index}`, schema }, inner))
    const conditions = [[plainOf(path, own)], ...each('allOf')]
    if (own.$ref !== undefined) conditions.push(ofPlace(target(document, path, own.$ref), inner))
    if (own.anyOf) conditions.push(limited(path, each('anyOf').flat()))
    if (own.oneOf) {
      const branches = each('oneOf')
      const cases = branches.flat()
      if (!apartAt.has(path)) spend(path, COST * cases.length * sizeOf(cases))
      const known = apartAt.get(path) ?? areApart(branches)
      apartAt.set(path, known)
      if (!known) {
        throw refuse(
          path,
          'has a oneOf of which more than one may hold; tell them apart by type or const, or use anyOf',
        )
      }
      conditions.push(limited(path, cases))
    }
    return product(conditions, spend)
  }

  return (schema) => (schema.length === 0 ? [plainOf('#', {})] : ofSchema(schema, []))
}

function limited(path: string, cases: Plain[]): Plain[] {
  if (cases.length > MAX_CASES) throw refuse(path, `has more than ${MAX_CASES} cases; combine fewer schemas`)
  return cases
}

function product(conditions: readonly Plain[][], spend: (path: string, cost: number) => void): Plain[] {
  return conditions.reduce((left, right) => {
    const path = left[0]?.path ?? '#'
    if (left.length * right.length > MAX_CASES) limited(path, Array(MAX_CASES + 1))
    spend(path, COST * (left.length * sizeOf(right) + right.length * sizeOf(left)))
    return left.flatMap((a) => right.map((b) => merge(a, b)))
  })
}

/** How many conditions some cases hold, about. */
function sizeOf(cases: readonly Plain[]): number {
  return cases.reduce(
    (sum, { values, properties, prefix }) =>
      sum + 1 + (values?.length ?? 0) + properties.size + prefix.length,
    0,
  )
}

/** Where a reference leads. */
function target(document: unknown, from: string, reference: string): Place {
  const keys = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((key) => key !== '')
    .map((key) => decode(key).replaceAll('~1', '/').replaceAll('~0', '~'))
  let schema: unknown = reference.startsWith('#') ? document : undefined
  for (const key of keys) {
    schema =
      typeof schema === 'object' && schema !== null && Object.hasOwn(schema, key)
        ? Reflect.get(schema, key)
        : undefined
  }
  if (schema === undefined) throw refuse(from, `refers to ${reference}, which isn't in the schema`)
  const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return { path: `#${pointer.join('')}`, schema }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** No value fits two of the branches. */
function areApart(branches: readonly Plain[][]): boolean {
  return branches.every((some, index) =>
    branches.slice(index + 1).every((others) => some.every((a) => others.every((b) => apart(a, b)))),
  )
}

function apart(a: Plain, b: Plain): boolean {
  const both = merge(a, b)
  if (both.fitting.length === 0 || both.values?.length === 0) return true
  const name = [...both.required].find((name) => tellsApart(a, b, name))
  return both.fitting.every((type) => type === 'object') && name !== undefined
}

/** Both require the property and no value of it fits both. */
function tellsApart(a: Plain, b: Plain, name: string): boolean {
  const values = ({ required, properties }: Plain) =>
    required.has(name) ? constants(properties.get(name)) : null
  const [some, others] = [values(a), values(b)]
  return some !== null && others !== null && intersect(some, others).length === 0
}

/** The values that a property lists right where it stands. */
function constants(schema: Schema | undefined): readonly unknown[] | null {
  const [place] = schema ?? []
  return place && typeof place.schema === 'object' ? plainOf(place.path, readKeywords(place)).values : null
}
