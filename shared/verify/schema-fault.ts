import { compilePattern } from './pattern.ts'
import { DATA, isRecord, type JsonSchema, MAPS } from './schema-keywords.ts'

const MAX_DEPTH = 64
const MAX_NODES = 5_000

/**
 * What is wrong with a caller's schema, as the end of a sentence, or null: nested too deeply, too large, a
 * pattern that RE2 can't run, a type that there is not, or a keyword that would silently not be checked.
 */
export function findSchemaFault(schema: JsonSchema): string | null {
  let nodes = 0
  const visit = (node: unknown, depth: number, isMap: boolean): string | null => {
    if (!isRecord(node) && !Array.isArray(node)) return null
    if (depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`
    if (++nodes > MAX_NODES) return `has more than ${MAX_NODES} parts`
    for (const [key, value] of Object.entries(node)) {
      const fault = (isMap ? null : keywordFault(key, value)) ?? visitChild(key, value, depth, isMap)
      if (fault !== null) return fault
    }
    return null
  }
  const visitChild = (key: string, value: unknown, depth: number, isMap: boolean) =>
    !isMap && DATA.has(key) ? null : visit(value, depth + 1, !isMap && MAPS.has(key))
  return visit(schema, 0, false)
}

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']

/** A type of another name would fit nothing, and every response would fail by it. */
function typeFault(value: unknown): string | null {
  const unknown = [value].flat().find((name) => typeof name === 'string' && !TYPES.includes(name))
  return unknown === undefined ? null : `has the type ${JSON.stringify(unknown)}: use ${TYPES.join(', ')}`
}

function keywordFault(key: string, value: unknown): string | null {
  if (key === '$dynamicRef') return 'uses $dynamicRef: use $ref'
  if (key === 'type') return typeFault(value)
  const sources =
    key === 'pattern' && typeof value === 'string'
      ? [value]
      : key === 'patternProperties' && isRecord(value)
        ? Object.keys(value)
        : []
  for (const source of sources) {
    const compiled = compilePattern(source)
    if (typeof compiled === 'string') return `holds ${JSON.stringify(source)}, which ${compiled}`
  }
  return null
}
