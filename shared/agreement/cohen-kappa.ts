/**
 * Cohen's kappa of two raters over the same items: (p_o - p_e) / (1 - p_e), p_o the share of items on which they
 * agree and p_e what chance would give with their own frequencies (Cohen 1960). In [-1, 1]: 1 is full agreement,
 * 0 is chance. Items that either left out (null) are not counted. Null where nothing is left, or where both gave
 * everything the same label, which leaves kappa undefined.
 */
export function cohenKappa(pairs: readonly (readonly [string | null, string | null])[]): number | null {
  const first = new Map<string, number>()
  const second = new Map<string, number>()
  let items = 0
  let agreed = 0
  for (const [a, b] of pairs) {
    if (a === null || b === null) continue
    items++
    if (a === b) agreed++
    first.set(a, (first.get(a) ?? 0) + 1)
    second.set(b, (second.get(b) ?? 0) + 1)
  }
  if (items === 0) return null
  const observed = agreed / items
  let expected = 0
  for (const [label, count] of first) expected += (count / items) * ((second.get(label) ?? 0) / items)
  return expected === 1 ? null : (observed - expected) / (1 - expected)
}
