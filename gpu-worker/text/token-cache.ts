import { LRUCache } from 'lru-cache'

const BYTES = 32 * 1024 * 1024
/** Of an entry, beside its characters and tokens. */
const OVERHEAD = 200

/**
 * Encodes text piece by piece and keeps the tokens of pieces, within a bound of memory: a text that comes again,
 * alone or inside another, is only looked up.
 */
export function cachedEncoder(
  cut: (text: string) => string[],
  encode: (piece: string) => readonly number[],
): (text: string) => number[] {
  const known = new LRUCache<string, readonly number[]>({
    maxSize: BYTES,
    sizeCalculation: (ids, piece) => OVERHEAD + 2 * piece.length + 8 * ids.length,
  })
  return (text) => {
    const tokens: number[] = []
    if (text === '') return tokens
    for (const piece of cut(text)) {
      let ids = known.get(piece)
      if (!ids) {
        ids = encode(piece)
        known.set(ownCopy(piece), ids)
      }
      for (const id of ids) tokens.push(id)
    }
    return tokens
  }
}

/** A part of a string keeps the whole string in memory: a key must not. */
function ownCopy(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le')
}
