/**
 * The merges of a SentencePiece BPE vocabulary: each token from each pair of tokens that spell it, those of the
 * best score first. SentencePiece merges the neighbours whose union scores best, so this order is the same.
 */
export function sentencePieceMerges(
  tokens: readonly string[],
  scores: readonly number[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const ranked = [...ids.values()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  return ranked.flatMap((id) => {
    const token = tokens[id] ?? ''
    const pairs: [string, string][] = []
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)]
      if (ids.has(left) && ids.has(right)) pairs.push([left, right])
    }
    return pairs
  })
}
