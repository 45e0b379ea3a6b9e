/** How many names are suggested, and the longest text that is held against them. */
const [SUGGESTED, LONGEST] = [3, 64]

/** The names that are most like a word, by the pairs of letters that both have; the first ones where none is. */
export function nearest(names: string[], word: string): string[] {
  const wanted = pairsOf(word.slice(0, LONGEST))
  const likeness = (name: string) => {
    const pairs = pairsOf(name)
    return (2 * [...pairs].filter((pair) => wanted.has(pair)).length) / (pairs.size + wanted.size)
  }
  return names
    .map((name) => ({ name, likeness: likeness(name) }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, SUGGESTED)
    .map(({ name }) => name)
}

function pairsOf(word: string): Set<string> {
  const lower = ` ${word.toLowerCase()} `
  return new Set(Array.from({ length: lower.length - 1 }, (_, at) => lower.slice(at, at + 2)))
}
