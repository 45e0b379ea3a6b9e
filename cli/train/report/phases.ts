import type { TrainingStep } from '../record.ts'

/** Steps of one phase in a row. */
export type Stretch = { phase: string; from: number; to: number }

/** The stretches of a run, in its order. */
export function stretchesOf(steps: readonly TrainingStep[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const { phase, step } of steps) {
    const last = stretches.at(-1)
    if (last?.phase === phase) last.to = step
    else stretches.push({ phase, from: step, to: step })
  }
  return stretches
}

/** The phases of a run, in the order in which each came first. */
export const phasesOf = (steps: readonly TrainingStep[]): string[] => [
  ...new Set(steps.map(({ phase }) => phase)),
]
