import type { Vocabulary } from '../token-trie.ts'

/**
 * A vocabulary whose token b is the byte b, then the `words`, then an end token and another control token. The
 * bytes in `without` have no token: theirs write nothing.
 */
export function byteTokenizer({
  without = [],
  words = [],
}: {
  without?: readonly number[]
  words?: readonly Uint8Array[]
} = {}): Vocabulary & { end: number } {
  const end = 256 + words.length
  const bytes = (id: number) => {
    if (id >= end) return new TextEncoder().encode(id === end ? '<end>' : '<control>')
    return id < 256
      ? Uint8Array.from(without.includes(id) ? [] : [id])
      : (words[id - 256] ?? new Uint8Array())
  }
  return { vocabulary: end + 2, end, ends: new Set([end]), bytes, isControl: (id) => id >= end }
}
