/** A phase of Rubric-ARM's training by reinforcement. */
export type PhaseName = 'judge' | 'generator'

/** The protocol of `POST /v1/rewards` that rewards a phase. */
export const REWARDS: Record<PhaseName, string> = {
  judge: 'rubric-arm/judge',
  generator: 'rubric-arm/generator',
}

/**
 * The paper's settings of GRPO (its Tables 9 to 11, systems.md 1.3). That its batch counts completions, so many
 * prompts times G, is our reading: it is a multiple of G in both phases.
 */
export const GRPO: Record<PhaseName, { group: number; prompts: number; completion: number }> = {
  judge: { group: 7, prompts: 32, completion: 1024 },
  generator: { group: 6, prompts: 48, completion: 512 },
}

export const COMMON = {
  learningRate: 1e-6,
  temperature: 1,
  innerIterations: 2,
  epochs: 1,
  clipLow: 0.2,
  clipHigh: 0.28,
  klBeta: 0.001,
} as const

/** Tokens of a prompt at most; the paper does not say. The judge's holds two responses and a rubric. */
export const PROMPT_TOKENS: Record<PhaseName, number> = { judge: 6144, generator: 2048 }

/** Supervised warm-up as OpenRubrics did it (systems.md 1.9). */
export const SFT: Record<PhaseName, { epochs: number; cutoff: number; batch: number; learningRate: number }> =
  {
    generator: { epochs: 1, cutoff: 3072, batch: 128, learningRate: 8e-6 },
    judge: { epochs: 2, cutoff: 6144, batch: 64, learningRate: 5e-6 },
  }

export const SFT_COMMON = { scheduler: 'cosine', warmUp: 0.05 } as const

/** What batches are cut for. */
export const GPUS = 8

/** How a batch of the warm-up is made up: rows on each GPU at once, and so many times. */
export const ACCUMULATED: Record<PhaseName, { perDevice: number; steps: number }> = {
  generator: { perDevice: 2, steps: SFT.generator.batch / (2 * GPUS) },
  judge: { perDevice: 2, steps: SFT.judge.batch / (2 * GPUS) },
}
