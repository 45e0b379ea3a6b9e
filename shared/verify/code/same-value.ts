/** Deeper values are no answer to a test, and would take more stack than there is. */
const MAX_DEPTH = 64

/** Whether two JSON values are equal: objects whatever the order of their keys, numbers within the tolerance. */
export function sameValue(a: unknown, b: unknown, tolerance: number, depth = 0): boolean {
  if (a === b) return true
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= tolerance
  if (depth > MAX_DEPTH || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return false
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  if (left.size !== right.size) return false
  return [...left].every(
    ([key, value]) => right.has(key) && sameValue(value, right.get(key), tolerance, depth + 1),
  )
}
