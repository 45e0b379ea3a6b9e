import type { Languages } from '../language.ts'
import { type Plain, refuse, type TypeName } from './plain.ts'
import { fitsText } from './string.ts'

/** Whether a listed value fits the schema's other keywords. */
export function fits(value: unknown, plain: Plain, languages: Languages): boolean {
  const type = typeOf(value)
  if (!plain.types.includes(type) && !(type === 'integer' && plain.types.includes('number'))) return false
  if (typeof value === 'number') return fitsRange(value, plain)
  if (typeof value === 'string') return fitsText(value, plain, languages)
  if (type === 'array' && restrictsArrays(plain))
    throw refuse(plain.path, 'lists arrays beside keywords of arrays')
  if (type === 'object' && restrictsObjects(plain)) {
    throw refuse(plain.path, 'lists objects beside keywords of objects')
  }
  return true
}

function fitsRange(value: number, { minimum, maximum, above, below }: Plain): boolean {
  return value >= minimum && value <= maximum && value > above && value < below
}

const restrictsArrays = ({ minItems, maxItems, prefix, rest }: Plain) =>
  minItems > 0 || maxItems < Number.POSITIVE_INFINITY || prefix.length > 0 || rest.length > 0

const restrictsObjects = ({ properties, required, additional, names }: Plain) =>
  properties.size > 0 || required.size > 0 || additional !== null || names.length > 0

function typeOf(value: unknown): TypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
