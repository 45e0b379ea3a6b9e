/** The first of what several objects list, each newest first, ties by id. */
export function newestFirst<Item extends { created: number; id: string }>(
  lists: readonly (readonly Item[])[],
  limit: number,
): Item[] {
  const all = lists.flat().toSorted((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1))
  return all.slice(0, limit)
}
