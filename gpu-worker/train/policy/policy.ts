import { join } from 'node:path'
import type { Message } from '../../../shared/protocol/message.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import type { Sample, Sampler } from '../sampler.ts'
import type { Trainer } from '../trainer.ts'

/** A role in training beside the engine that it is rolled out by. */
export type Policy = {
  role: string
  trainer: Trainer
  sampler: Sampler
  /** A folder of the run's own, in which what is handed to the engine is written anew each time. */
  scratch: string
}

/** Hands the engine the policy as it is now. */
export async function syncPolicy({ role, trainer, sampler, scratch }: Policy): Promise<void> {
  const folder = join(scratch, role)
  await trainer.save(folder)
  await sampler.load(role, folder)
}

export type RollOut = { count: number; maxTokens: number; temperature: number; seed: number }

/** Completions of each prompt by the policy as the engine was last handed it; prompt i has a seed of its own. */
export function rollOut(
  { role, sampler }: Policy,
  prompts: readonly (readonly Message[])[],
  { count, maxTokens, temperature, seed }: RollOut,
  signal: AbortSignal,
): Promise<Sample[][]> {
  const requests = prompts.map((messages, index) => ({
    ...{ messages, role, count, maxTokens, temperature },
    seed: derivedSeed(seed, index),
  }))
  return sampler.sample(requests, signal)
}
