import { LRUCache } from 'lru-cache'

/** Characters of text whose readings are kept: the instructions of one response ask for the same again and again. */
const KEPT = 400_000

/** The same function of a text, which remembers its latest results. */
export function remembered(read: (text: string) => string[]): (text: string) => readonly string[] {
  const known = new LRUCache<string, readonly string[]>({
    maxSize: KEPT,
    sizeCalculation: (_, text) => text.length + 1,
  })
  return (text) => {
    const kept = known.get(text)
    if (kept) return kept
    const made = read(text)
    known.set(text, made)
    return made
  }
}
