/**
 * Sets the logits of tokens that the mask forbids to -Infinity, in place. Bit `t % 32` of `mask[t >>> 5]` stands
 * for token t; tokens beyond the mask (the padding of a vocabulary) are forbidden.
 */
export function applyMask(logits: Float32Array, mask: Int32Array): void {
  for (let first = 0; first < logits.length; first += 32) {
    const word = mask[first >>> 5] ?? 0
    if (word === -1) continue
    const end = Math.min(first + 32, logits.length)
    if (word === 0) {
      logits.fill(Number.NEGATIVE_INFINITY, first, end)
      continue
    }
    for (let token = first; token < end; token++) {
      if (((word >>> (token & 31)) & 1) === 0) logits[token] = Number.NEGATIVE_INFINITY
    }
  }
}
