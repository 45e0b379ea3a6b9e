import * as z from 'zod'
import { PlumblineError } from '../../../../shared/protocol/error.ts'
import { intersect } from './values.ts'

export const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const
export type TypeName = (typeof TYPES)[number]

/** A place in the schema: its JSON pointer as a fragment, and what stands there. */
export type Place = { path: string; schema: unknown }

/** A schema that holds when all of these do. */
export type Schema = readonly Place[]

/** A schema of one case: no references, no combinations; several conditions are merged into one. */
export type Plain = {
  /** Where it was read, for errors. */
  path: string
  /** What is written: the types that `type` names, else those that the keywords are about. */
  types: readonly TypeName[]
  /** What would fit by JSON Schema: the types that `type` names, else all. */
  fitting: readonly TypeName[]
  /** The only values, as their JSON. */
  values: readonly unknown[] | null
  /** Both ends belong to the range. */
  minimum: number
  maximum: number
  above: number
  below: number
  minLength: number
  maxLength: number
  patterns: readonly string[]
  formats: readonly string[]
  minItems: number
  maxItems: number
  prefix: readonly Schema[]
  /** What the items after the prefix are. */
  rest: Schema
  properties: ReadonlyMap<string, Schema>
  required: ReadonlySet<string>
  /** What properties that aren't listed are; null where the schema doesn't say. */
  additional: Schema | null
  names: Schema
}

/** Says what is wrong with a schema: `invalid_request` with the keyword and the place. */
export function refuse(path: string, why: string): PlumblineError {
  return new PlumblineError('invalid_request', `The schema at ${path} ${why}.`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const count = z.int().min(0)
/** Read where it is come to. */
const part = z.unknown()
/** As it is: names like `__proto__` must not be lost in a copy. */
const parts = z.custom<Record<string, unknown>>((value) => isRecord(value), 'expected an object')
const typeName = z.enum(TYPES)

/** Keywords that are enforced, and what their values are. */
const KEYWORDS = {
  type: z.union([typeName, z.array(typeName).min(1)]),
  enum: z.array(z.unknown()),
  const: z.unknown(),
  minimum: z.number(),
  maximum: z.number(),
  exclusiveMinimum: z.number(),
  exclusiveMaximum: z.number(),
  minLength: count,
  maxLength: count,
  pattern: z.string(),
  format: z.string(),
  minItems: count,
  maxItems: count,
  prefixItems: z.array(part).min(1),
  items: part,
  properties: parts,
  required: z.array(z.string()),
  additionalProperties: part,
  propertyNames: part,
  $ref: z.string(),
  allOf: z.array(part).min(1),
  anyOf: z.array(part).min(1),
  oneOf: z.array(part).min(1),
} as const

/** Keywords that allow and forbid nothing. */
const NOTES = new Set(
  '$schema $id $defs definitions $comment title description default examples deprecated readOnly writeOnly'.split(
    ' ',
  ),
)

/** Which types a keyword is about: a schema without `type` means those that its keywords name. */
const ABOUT: Readonly<Record<string, TypeName>> = {
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  minItems: 'array',
  maxItems: 'array',
  prefixItems: 'array',
  items: 'array',
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  propertyNames: 'object',
}

const keywords = z.strictObject(KEYWORDS).partial()
export type Keywords = z.infer<typeof keywords>

/** The keywords of one place. Throws `invalid_request` for one that isn't enforced or has a wrong value. */
export function readKeywords({ path, schema }: Place): Keywords {
  if (!isRecord(schema)) throw refuse(path, 'must be an object, true or false')
  const entries = Object.entries(schema).filter(([name]) => !NOTES.has(name))
  const unknown = entries.find(([name]) => !Object.hasOwn(KEYWORDS, name))
  if (unknown) throw refuse(path, `uses ${unknown[0]}, which constrained output doesn't enforce; remove it`)
  const read = keywords.safeParse(Object.fromEntries(entries))
  if (read.success) return read.data
  const name = read.error.issues[0]?.path[0]
  throw refuse(path, `has a wrong ${String(name)}: ${read.error.issues[0]?.message ?? ''}`)
}

/** The schema of a place's own keywords, without its reference and combinations. */
export function plainOf(path: string, own: Keywords): Plain {
  const within = (name: string, schema: unknown): Schema =>
    schema === true ? [] : [{ path: `${path}/${name}`, schema }]
  const inner = (name: string, key: string, schema: unknown) =>
    within(`${name}/${escapePointer(key)}`, schema)
  return {
    path,
    types: typesOf(own),
    fitting: own.type === undefined ? TYPES : [own.type].flat(),
    values: valuesOf(own),
    minimum: own.minimum ?? Number.NEGATIVE_INFINITY,
    maximum: own.maximum ?? Number.POSITIVE_INFINITY,
    above: own.exclusiveMinimum ?? Number.NEGATIVE_INFINITY,
    below: own.exclusiveMaximum ?? Number.POSITIVE_INFINITY,
    minLength: own.minLength ?? 0,
    maxLength: own.maxLength ?? Number.POSITIVE_INFINITY,
    patterns: own.pattern === undefined ? [] : [own.pattern],
    formats: own.format === undefined ? [] : [own.format],
    minItems: own.minItems ?? 0,
    maxItems: own.maxItems ?? Number.POSITIVE_INFINITY,
    prefix: (own.prefixItems ?? []).map((schema, index) => inner('prefixItems', String(index), schema)),
    rest: within('items', own.items ?? true),
    properties: new Map(
      Object.entries(own.properties ?? {}).map(([name, schema]) => [name, inner('properties', name, schema)]),
    ),
    required: new Set(own.required),
    additional:
      own.additionalProperties === undefined
        ? null
        : within('additionalProperties', own.additionalProperties),
    names: within('propertyNames', own.propertyNames ?? true),
  }
}

const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

function valuesOf(own: Keywords): readonly unknown[] | null {
  if (own.const === undefined) return own.enum ?? null
  return own.enum ? intersect([own.const], own.enum) : [own.const]
}

function typesOf(own: Keywords): readonly TypeName[] {
  if (own.type !== undefined) return [own.type].flat()
  const about = new Set(Object.keys(own).flatMap((name) => ABOUT[name] ?? []))
  return about.size > 0 ? [...about] : TYPES
}
