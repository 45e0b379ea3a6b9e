import type { Plain, Schema, TypeName } from './plain.ts'
import { intersect } from './values.ts'

/** The schema that holds where both do. */
export function merge(a: Plain, b: Plain): Plain {
  const prefix = a.prefix.length > b.prefix.length ? a.prefix : b.prefix
  return {
    path: a.path,
    types: commonTypes(a.types, b.types),
    fitting: commonTypes(a.fitting, b.fitting),
    values: a.values && b.values ? intersect(a.values, b.values) : (a.values ?? b.values),
    minimum: Math.max(a.minimum, b.minimum),
    maximum: Math.min(a.maximum, b.maximum),
    above: Math.max(a.above, b.above),
    below: Math.min(a.below, b.below),
    minLength: Math.max(a.minLength, b.minLength),
    maxLength: Math.min(a.maxLength, b.maxLength),
    patterns: [...new Set([...a.patterns, ...b.patterns])],
    formats: [...new Set([...a.formats, ...b.formats])],
    minItems: Math.max(a.minItems, b.minItems),
    maxItems: Math.min(a.maxItems, b.maxItems),
    prefix: prefix.map((_, index) => together(a.prefix[index] ?? a.rest, b.prefix[index] ?? b.rest)),
    rest: together(a.rest, b.rest),
    properties: new Map(
      [...a.properties.keys(), ...b.properties.keys()].map((name) => [
        name,
        together(propertyOf(a, name), propertyOf(b, name)),
      ]),
    ),
    required: new Set([...a.required, ...b.required]),
    additional:
      a.additional && b.additional ? together(a.additional, b.additional) : (a.additional ?? b.additional),
    names: together(a.names, b.names),
  }
}

const propertyOf = (plain: Plain, name: string): Schema =>
  plain.properties.get(name) ?? plain.additional ?? []

/** Both schemas; a place that is in both counts once, so that merging what is recursive comes to an end. */
function together(a: Schema, b: Schema): Schema {
  return [...new Map([...a, ...b].map((place) => [place.path, place])).values()]
}

function commonTypes(a: readonly TypeName[], b: readonly TypeName[]): TypeName[] {
  const has = (types: readonly TypeName[], type: TypeName) =>
    types.includes(type) || (type === 'integer' && types.includes('number'))
  return [...new Set([...a, ...b])].filter((type) => has(a, type) && has(b, type))
}
