import { LRUCache } from 'lru-cache'
import { PlumblineError } from '../../shared/protocol/error.ts'

const BYTES = 32 * 1024 * 1024
/** Of an entry, beside its characters and tokens. */
const OVERHEAD = 200

/** Pieces of more characters are long: those of one text may come to so many in all, which takes about half a second. */
const LONG = 2000
const LONG_IN_ALL = 100_000

/**
 * Encodes text piece by piece and keeps the tokens of pieces, within a bound of memory: a text that comes again,
 * alone or inside another, is only looked up. It stops once there are more than `most` tokens. Throws
 * `invalid_request` for a text that would hold everybody up, since a piece can't be cut further or interrupted.
 */
export function cachedEncoder(
  cut: (text: string) => string[],
  encode: (piece: string) => readonly number[],
): (text: string, most?: number) => number[] {
  const known = new LRUCache<string, readonly number[]>({
    maxSize: BYTES,
    sizeCalculation: (ids, piece) => OVERHEAD + 2 * piece.length + 8 * ids.length,
  })
  return (text, most = Number.POSITIVE_INFINITY) => {
    const tokens: number[] = []
    if (text === '') return tokens
    const pieces = cut(text)
    refuseLong(pieces)
    for (const piece of pieces) {
      if (tokens.length > most) break
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

function refuseLong(pieces: readonly string[]): void {
  const long = pieces.filter(({ length }) => length > LONG).reduce((sum, { length }) => sum + length, 0)
  if (long <= LONG_IN_ALL) return
  throw new PlumblineError(
    'invalid_request',
    `The text has ${long} characters in stretches of over ${LONG} without a space between words; at most ` +
      `${LONG_IN_ALL} are taken: break them up or shorten them.`,
  )
}

/** A part of a string keeps the whole string in memory: a key must not. */
function ownCopy(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le')
}
