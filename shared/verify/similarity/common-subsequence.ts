/**
 * The length of the longest common subsequence, 32 cells of the table at once (Hyyrö 2004, "Bit-parallel LCS-length
 * computation revisited"): `subsequenceWork` steps. What both begin and end with is counted off first.
 */
export function commonSubsequence<T>(a: readonly T[], b: readonly T[]): number {
  const { start, end, short, long } = narrowed(a, b)
  if (short.length === 0) return start + end
  const words = Math.ceil(short.length / 32)
  const places = placesOf(short, words)
  const row = new Uint32Array(words).fill(0xffffffff)
  for (const item of long) {
    const at = places.get(item)
    if (!at) continue
    let carry = 0
    for (let word = 0; word < words; word++) {
      const value = row[word] ?? 0
      const matched = (value & (at[word] ?? 0)) >>> 0
      const sum = value + matched + carry
      carry = sum > 0xffffffff ? 1 : 0
      row[word] = ((sum >>> 0) | (value & ~matched)) >>> 0
    }
  }
  let length = start + end
  for (let index = 0; index < short.length; index++) {
    if (((row[index >> 5] ?? 0) & (1 << (index & 31))) === 0) length++
  }
  return length
}

/** Steps that `commonSubsequence` takes, about a nanosecond each. */
export function subsequenceWork<T>(a: readonly T[], b: readonly T[]): number {
  const { short, long } = narrowed(a, b)
  return Math.ceil(short.length / 32) * long.length
}

function narrowed<T>(a: readonly T[], b: readonly T[]) {
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start++
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  const [short, long] = left.length <= right.length ? [left, right] : [right, left]
  return { start, end, short, long }
}

/** Where each item stands, a bit a place. */
function placesOf<T>(items: readonly T[], words: number): Map<T, Uint32Array> {
  const places = new Map<T, Uint32Array>()
  for (const [index, item] of items.entries()) {
    const at = places.get(item) ?? new Uint32Array(words)
    at[index >> 5] = ((at[index >> 5] ?? 0) | (1 << (index & 31))) >>> 0
    places.set(item, at)
  }
  return places
}
