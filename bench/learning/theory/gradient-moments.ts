/** Sums over vectors of one length, for their mean and variance. */
export type Moments = { count: number; sum: Float64Array; squares: number }

export const noMoments = (length: number): Moments => ({
  count: 0,
  sum: new Float64Array(length),
  squares: 0,
})

/** Takes up a vector times a factor. */
export function take(moments: Moments, vector: Float32Array, factor: number): void {
  moments.count++
  for (const [at, value] of vector.entries()) {
    const scaled = value * factor
    moments.sum[at] = (moments.sum[at] ?? 0) + scaled
    moments.squares += scaled * scaled
  }
}

/** The trace of the covariance: the mean squared distance to the mean, without bias. NaN below two vectors. */
export function variance({ count, sum, squares }: Moments): number {
  const mean = sum.reduce((total, value) => total + (value / count) ** 2, 0)
  return (squares - count * mean) / (count - 1)
}

/** Of a vector, its squared length. */
export function squaredNorm(vector: Float32Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0)
}
