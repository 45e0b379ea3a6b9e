import * as z from 'zod'
import type { Prompt } from '../../../shared/protocol/message.ts'
import type { Range } from '../../../shared/reward/compare/shaping.ts'

/** A label as trainers pass it on from a data set, which may hold numbers. */
export const sampleLabel = z.union([z.string(), z.number().transform(String)]).nullable()

/** One completion that a trainer wants a reward for. */
export type Sample = {
  /** Its place in the body. */
  index: number
  prompt: Prompt
  response: string
  label: string | null
  /** What its label is called in the body, for errors. */
  labelParam: string
}

/** What a trainer gets for a sample. */
export type Scored = {
  reward: number
  /** The reward mapped to 0..1. */
  score: number
  /** Ids of the judgments that made it. */
  judgments: string[]
  /** The reward is the caller's own `on_error`. */
  substituted: boolean
}

/** Least and greatest reward of a response by itself, and of verifiers. */
export const SHARE: Range = [0, 1]
