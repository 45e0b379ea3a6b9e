import type { Prompt } from '../../../shared/protocol/message.ts'
import type { ClassScores } from '../../../shared/protocol/pointwise.ts'
import type { Run, RunSettings } from '../../../shared/protocol/run.ts'
import type { Member, Recorded, RunGroup } from '../../../shared/runs/member.ts'
import type { Spent } from '../../../shared/runs/observation-cost.ts'

/** What a call asks for when it brings members of one prompt. */
export type Entering = {
  prompt: Prompt
  members: Member[]
  /** How many members close the group. */
  size: number
  /** When the first of them can wait no longer, Unix time in milliseconds; null where there is no waiting at all. */
  closesAt: number | null
}

/** Where a member stands. */
export type Entry = {
  group: RunGroup
  /** It came after the group was closed: it is judged against the recorded anchor, and marked. */
  late: boolean
  /** What is recorded of it; null before its group is rewarded. */
  recorded: Recorded | null
}

/**
 * The runs of an organisation: their settings, the phase they are in, the groups of their prompts and what was recorded for
 * each member. One place holds all of a run and every call is one transaction, so that 200 calls at once give one group.
 */
export type RunRecords = {
  /** Files a run unless there is one of its id, and gives the one that lies there now. */
  create(organisation: string, id: string, settings: RunSettings): Promise<Run>
  read(organisation: string, id: string): Promise<Run | null>
  /** Newest first. */
  list(organisation: string): Promise<Run[]>
  /** Puts members into the open group of their prompt, or opens one, in the step and class that the run is in. */
  enter(organisation: string, run: string, asked: Entering): Promise<Entry[]>
  /** Answers when the group is closed, with all of its members. */
  closed(organisation: string, run: string, group: string): Promise<RunGroup>
  /** The client of a member hung up before the group was closed: a repeat takes its place. */
  leave(organisation: string, run: string, group: string, members: Member[]): Promise<null>
  /**
   * Keeps what was found for members, and gives what lies there now: what is recorded first stays. What is new moves the
   * scores of the run's classes; `spent` is what those that are not the group's own have cost.
   */
  record(
    organisation: string,
    run: string,
    group: string,
    found: [Member, Recorded][],
    spent: Spent | null,
  ): Promise<Recorded[]>
  /** Takes in the class scores of calls marked `split=eval`, which belong to no group and no step. */
  evaluated(organisation: string, run: string, found: ClassScores[], spent: Spent): Promise<null>
  /** Begins a step, for a trainer that went down within one and makes it again; null where there is no such run. */
  beginStep(organisation: string, run: string): Promise<Run | null>
}
