/** What a generator of Rubric-ARM writes, for tests. */
export const ARM_ITEMS = '1. The response is right. [Hard Rule]\n2. The response is clear. [Principle]'

/** A judge's trajectory over the numbered items of a rubric, in the published skeleton, for tests. */
export function armTrajectory(items: string, winner: 'A' | 'B'): string {
  const notes = [...items.matchAll(/^(\d+)[.)] .* (\[[^\]]+\])$/gm)].map(
    ([, number, tag]) => `- Criterion ${number} ${tag}: Justification: it says so`,
  )
  return [
    '--- Compliance Check ---',
    'Identified Gatekeeper Criterion: the first one',
    '--- Analysis ---',
    '**Response A:**',
    ...notes,
    '**Response B:**',
    ...notes,
    '--- Final Judgment ---',
    'Justification: it is better',
    `Winner: Response ${winner}`,
  ].join('\n')
}
