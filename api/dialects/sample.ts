import * as z from 'zod'
import type { ErrorData } from '../../shared/protocol/error.ts'
import type { Usage } from '../../shared/protocol/judgment.ts'
import type { Prompt } from '../../shared/protocol/message.ts'
import type { ClassScores } from '../../shared/protocol/pointwise.ts'
import type { RubricInput } from '../../shared/protocol/rubric.ts'
import type { Range } from '../../shared/reward/compare/shaping.ts'

/** A label as trainers pass it on from a data set, which may hold numbers, lists and objects: those are kept as JSON. */
export const sampleLabel = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
  .transform((label) => (typeof label === 'string' ? label : JSON.stringify(label)))
  .nullable()

/** One completion that a trainer wants a reward for. */
export type Sample = {
  /** Its place in the body. */
  index: number
  /** What the client calls it, the same in a retry; null where it says nothing. */
  id: string | null
  prompt: Prompt
  response: string
  label: string | null
  /** What its label is called in the body, for errors; null where bodies have none. */
  labelParam: string | null
  /** What its client says that it is to be judged by. */
  rubric?: RubricInput
}

/** What a trainer gets for a sample. */
export type Scored = {
  /** Null where there is none and the URL has no `on_error`: never 0, never a tie. */
  reward: number | null
  /** The reward mapped to 0..1; null with it. */
  score: number | null
  /** Why there is no reward, also where `on_error` stands in for it. */
  error: ErrorData | null
  /** Ids of the judgments that made it. */
  judgments: string[]
  /** The reward is the caller's own `on_error`. */
  substituted: boolean
  /** The score of each meta-class of its rubric, where it was scored by itself. */
  classes?: ClassScores
  /** The group of a run that it is a member of. */
  group?: {
    id: string
    /** It came after the group had closed. */
    late: boolean
    /** What the group is rewarded by; null without classes. */
    meta_class: string | null
    /** Its prompt has nothing for that class. */
    masked: boolean
  }
  /** What the judgments spent; those of a group stand with its first sample. */
  usage?: Usage
}

/** A sample that has its reward. */
export type Rewarded = Scored & { reward: number; score: number }

/** Least and greatest reward of a response by itself, and of verifiers. */
export const SHARE: Range = [0, 1]
