import type { TrainingStep } from '../record.ts'

/** A step as a run tells it: reward that rises, in phases of ten steps. */
export function step(number: number, change: Partial<TrainingStep> = {}): TrainingStep {
  return {
    step: number,
    phase: Math.ceil(number / 10) % 2 === 1 ? 'judge' : 'generator',
    metrics: { reward: number / 100, accuracy: 0.5, kl: 1e-4, entropy: 1.5, clip_fraction: 0.01 },
    samples: [],
    seconds: { rollout: 2, reward: 1, update: 3 },
    ...change,
  }
}

/** The first steps of a run. */
export const steps = (count: number): TrainingStep[] => Array.from({ length: count }, (_, at) => step(at + 1))
