import type { Prompt } from '../protocol/message.ts'
import type { ClassScores } from '../protocol/pointwise.ts'

/** A response that came to a run's URL in a call of its own, or with others of its prompt. */
export type Member = {
  /** What the client calls the sample; null where it says nothing. */
  id: string | null
  response: string
  /** What its label was. */
  label: string | null
}

/** What was recorded for a member: it is given again to whoever repeats the call. */
export type Recorded = {
  reward: number | null
  /** The reward mapped to 0..1; null with it. */
  score: number | null
  judgments: string[]
  /** Scores of the meta-classes that were looked at: null where one failed, absent where the prompt has nothing for it. */
  classes: ClassScores
  /** The prompt has nothing for its group's meta-class: the reward is the run's `mask`, the same for the whole group. */
  masked: boolean
}

/**
 * A group of a run: responses of one prompt that are rewarded together. It is told by its run, its prompt and its number
 * among the groups of that prompt, so that a second epoch opens a new one.
 */
export type RunGroup = {
  id: string
  prompt: Prompt
  /** 0 for a prompt's first group. */
  sequence: number
  /** The run's step in which it was opened: its class is the one of that step, whenever its members come. */
  step: number
  /** The meta-class that it is rewarded by; null in a run without classes. */
  meta_class: string | null
  /** All classes are scored, and not the active one alone. */
  observed: boolean
  /** Unix time, milliseconds. */
  opened: number
  /** Why no more members are taken; null while they are. */
  closed: 'full' | 'partial' | null
  /** The version that all of its judgments look at; null where they look at none. */
  meta_rubric: string | null
  /** What its members are, or were, compared with; null before that is known, and where they meet each other. */
  anchor: string | null
  /** In an order that says nothing of who came first. Those that came late are none of them. */
  members: Member[]
}

/** A group as it is shown: with what was recorded for each member. */
export type StoredGroup = Omit<RunGroup, 'members'> & {
  /** Its place among the groups of the run: 1 for the first. */
  number: number
  /** How its members are rewarded. */
  way: string
  size: number
  /** Members that wait for others, which are none before it is closed. */
  waiting: number
  members: (Member & { late: boolean; recorded: Recorded | null })[]
}
