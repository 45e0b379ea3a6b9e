/**
 * The change of the overall score over a phase as a bandit's reward in [0, 1]: 0.5 for none, 1 for a rise of `scale` or
 * more, 0 for such a fall.
 */
export function gainOf(change: number, scale: number): number {
  return Math.min(1, Math.max(0, (change / scale + 1) / 2))
}
