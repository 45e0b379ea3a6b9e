import { seededRandom } from '../../../shared/statistics/random.ts'

/** Words of a shingle. */
const WORDS = 3
/** Smallest hashes that are kept of a text, and how many of them make a band. */
const HASHES = 64
const BAND = 4
/** Jaccard similarity of shingles from which one text repeats another. */
const SIMILAR = 0.5

/**
 * The indices of texts that repeat none before them: no earlier one that is kept shares half of all shingles of three words
 * with them. Candidates are found by MinHash in bands (Broder 1997; Leskovec, Rajaraman and Ullman, chapter 3), which finds
 * two texts of similarity 0.5 with probability 0.64 and of 0.7 with 0.99; then the similarity is computed in full.
 */
export function distinctTexts(texts: readonly string[]): number[] {
  const shingles = texts.map(shinglesOf)
  const buckets = new Map<string, number[]>()
  const kept: number[] = []
  for (const [index, own] of shingles.entries()) {
    const bands = bandsOf(own)
    const candidates = new Set(bands.flatMap((band) => buckets.get(band) ?? []))
    const repeats = [...candidates].some((other) => jaccard(own, shingles[other] ?? new Set()) >= SIMILAR)
    if (repeats) continue
    kept.push(index)
    for (const band of bands) buckets.set(band, [...(buckets.get(band) ?? []), index])
  }
  return kept
}

function shinglesOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const count = Math.max(1, words.length - WORDS + 1)
  return new Set(Array.from({ length: count }, (_, at) => words.slice(at, at + WORDS).join(' ')))
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((shingle) => other.has(shingle)).length
  return shared / (one.size + other.size - shared)
}

/** Odd factors and terms of the hash functions. */
const random = seededRandom(1)
const FUNCTIONS = Array.from({ length: HASHES }, () => {
  return { factor: Math.floor(random() * 2 ** 32) | 1, term: Math.floor(random() * 2 ** 32) }
})

/** The smallest value of each hash function, in bands. */
function bandsOf(shingles: ReadonlySet<string>): string[] {
  const hashes = [...shingles].map(fnv)
  const least = FUNCTIONS.map(({ factor, term }) =>
    hashes.reduce((smallest, hash) => Math.min(smallest, mixed(hash, factor, term)), 2 ** 32),
  )
  return Array.from({ length: HASHES / BAND }, (_, band) => {
    return `${band} ${least.slice(band * BAND, (band + 1) * BAND).join(' ')}`
  })
}

/** FNV-1a of a text's UTF-16 units. */
function fnv(text: string): number {
  let hash = 2166136261
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619)
  return hash >>> 0
}

function mixed(hash: number, factor: number, term: number): number {
  const product = Math.imul(hash ^ (hash >>> 15), factor) + term
  return (product ^ (product >>> 13)) >>> 0
}
