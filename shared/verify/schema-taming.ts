import { DATA, isRecord, type JsonSchema, MAPS } from './schema-keywords.ts'
import { TextSieve } from './text-sieve.ts'

/** What `tamed` has to know of an instance: its strings and keys, and whether any array holds an item twice. */
export type InstanceFacts = { texts: Set<string>; repeats: boolean }

/**
 * The same schema for one instance, without a pattern or a format in it. Since every text of the instance is
 * known, each pattern is matched beforehand and replaced by what it comes to: `pattern` and `format` by a `not`
 * of the texts that fail, `patternProperties` by `properties` of the keys that match. So no regular expression
 * of a caller can reach the backtracking engine inside the validator. `uniqueItems`, which it checks in
 * quadratic time, is dropped where nothing repeats.
 *
 * Throws `TooMuchText` when matching the patterns would take more than `maxWork` (see `MAX_WORK`).
 */
export function tamed(schema: JsonSchema, { texts, repeats }: InstanceFacts, maxWork: number): JsonSchema {
  const sieve = new TextSieve(texts, maxWork)

  const tame = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(tame)
    return isRecord(node) ? tameSchema(node) : node
  }
  const tameMap = (map: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, tame(value)]))

  const tameSchema = (node: Record<string, unknown>): Record<string, unknown> => {
    const kept = Object.entries(node).filter(([key, value]) => !isReplaced(key, value, repeats))
    const result = Object.fromEntries(
      kept.map(([key, value]) => {
        if (DATA.has(key)) return [key, value]
        return [key, MAPS.has(key) && isRecord(value) ? tameMap(value) : tame(value)]
      }),
    )
    const refused = [
      typeof node.pattern === 'string' ? sieve.without(sieve.matching(node.pattern)) : [],
      typeof node.format === 'string' ? sieve.without(sieve.ofFormat(node.format)) : [],
    ].filter((failing) => failing.length > 0)
    return {
      ...result,
      ...(refused.length === 0 ? {} : { allOf: [...toArray(result.allOf), ...refused.map(noneOf)] }),
      ...(isRecord(node.patternProperties)
        ? { properties: nameMatches(result.properties, node.patternProperties) }
        : {}),
    }
  }

  const nameMatches = (properties: unknown, patterns: Record<string, unknown>) => {
    const named = new Map(Object.entries(isRecord(properties) ? properties : {}))
    for (const [source, value] of Object.entries(patterns)) {
      const ofMatches = tame(value)
      for (const key of sieve.matching(source)) {
        const own = named.get(key)
        named.set(key, own === undefined ? ofMatches : { allOf: [own, ofMatches] })
      }
    }
    return Object.fromEntries(named)
  }

  return typeof schema === 'boolean' ? schema : tameSchema(schema)
}

/** Keywords that give way; a property or a definition may well carry their names, with a schema as its value. */
function isReplaced(key: string, value: unknown, repeats: boolean): boolean {
  if (key === 'pattern' || key === 'format') return typeof value === 'string'
  if (key === 'patternProperties') return isRecord(value)
  return key === 'uniqueItems' && value === true && !repeats
}

const toArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const noneOf = (texts: string[]) => ({ not: { enum: texts } })
