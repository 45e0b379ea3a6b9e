/** A JSON Schema: an object, or true or false. */
export type JsonSchema = { [keyword: string]: unknown } | boolean

/** Keywords whose value is data and never a schema. */
export const DATA = new Set(['enum', 'const', 'default'])

/** Keywords whose value maps names to schemas: the names are no keywords. */
export const MAPS = new Set([
  '$defs',
  'definitions',
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
])

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
