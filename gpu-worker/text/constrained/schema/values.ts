/** The values of both lists, by what JSON Schema holds equal: 1 and 1.0, and objects in any order. */
export function intersect(some: readonly unknown[], others: readonly unknown[]): unknown[] {
  const known = new Set(others.map(canonical))
  return some.filter((value) => known.has(canonical(value)))
}

/** JSON with the names of each object sorted. */
function canonical(value: unknown): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
