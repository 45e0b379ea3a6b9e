import { seededRandom } from './random.ts'

/**
 * A seed below 2^48 for a place within what a seed governs: other places, other streams, and none in common with the
 * places of a seed near by. Places are whole numbers.
 */
export function derivedSeed(seed: number, ...places: readonly number[]): number {
  return places.reduce((sum, place) => mixed(mixed(sum) + place), seed)
}

function mixed(seed: number): number {
  return Math.floor(seededRandom(seed)() * 2 ** 48)
}
