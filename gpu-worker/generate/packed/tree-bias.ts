/**
 * Attention's bias for the packed tokens `from` to `to` behind a stem of `stem` tokens: [to - from, stem + to],
 * row-major, 0 where a token may look (the stem, the branch it stands on, itself), -inf elsewhere. `parents` is the
 * index of the packed token before each, -1 for the stem's last.
 */
export function treeBias(
  parents: readonly number[],
  stem: number,
  from: number,
  to: number,
): Float32Array<ArrayBuffer> {
  const width = stem + to
  const bias = new Float32Array((to - from) * width)
  for (let index = from; index < to; index++) {
    const row = (index - from) * width
    bias.fill(Number.NEGATIVE_INFINITY, row + stem, row + width)
    for (let at = index; at >= 0; at = parents[at] ?? -1) bias[row + stem + at] = 0
  }
  return bias
}
