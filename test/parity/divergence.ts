/** Kullback-Leibler divergence in nats, of the log-probabilities `p` from the log-probabilities `q`. */
export function kullbackLeibler(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, value, i) => sum + Math.exp(value) * (value - (q[i] ?? Number.NaN)), 0)
}
