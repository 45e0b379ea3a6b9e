/** A stream of numbers in [0, 1). */
export type Random = () => number

/**
 * The stream that belongs to a seed, the same on every machine: sfc32 (Chris Doty-Humphrey's PractRand), with
 * the seed's low and high 32 bits as its first words.
 */
export function seededRandom(seed: number): Random {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  // The first outputs still show the seed.
  for (let i = 0; i < 12; i++) next()
  return next
}
