import type { Prompt } from '../../../shared/protocol/message.ts'
import type { ClassScores } from '../../../shared/protocol/pointwise.ts'
import type { Run, RunSettings } from '../../../shared/protocol/run.ts'
import type { Member, Recorded, RunGroup, StoredGroup } from '../../../shared/runs/member.ts'
import type { Spent } from '../../../shared/runs/observation-cost.ts'

/** What a call asks for when it brings members of one prompt. */
export type Entering = {
  /** A name of the call's own, to leave by. */
  call: string
  prompt: Prompt
  members: Member[]
  /** Its client sends a call that failed once more; where it never does, an equal text is another sample. */
  repeats: boolean
  /** How they are to be rewarded, as text: calls of one prompt that are rewarded in two ways make two groups. */
  way: string
  /** How many members close the group. */
  size: number
  /** How long they can wait for others, milliseconds; null where there is no waiting at all. */
  waitMs: number | null
  /** The version that a group which is opened now is judged by; null where none is looked at. */
  metaRubric: string | null
  /** Whether its members may be compared with the anchor that is stored for the prompt, which a group keeps. */
  anchored: boolean
}

/** Where a member stands. */
export type Entry = {
  /** Still open where there was no waiting, and where nobody else came while there was. */
  group: RunGroup
  /** It came after the group was closed: it is judged against the recorded anchor, and marked. */
  late: boolean
  /** It is to have its group rewarded. Of the calls that waited for each other one is, and the others hear of it. */
  leads: boolean
  /** What is recorded of it; null before it is rewarded. */
  recorded: Recorded | null
}

/** What was found for members of a group. */
export type Found = {
  found: [Member, Recorded][]
  /** The response that the others were compared with; null where there is no such one. */
  anchor: string | null
  /** What the classes that are not the group's own have cost. */
  spent: Spent | null
}

/** Where a list of runs goes on: after this one. */
export type RunsAsked = { before: Pick<Run, 'created' | 'id'> | null; limit: number }

/** Where a list of groups goes on: before the group with this number, newest first. */
export type GroupsAsked = { before: number | null; limit: number }

/**
 * The runs of an organisation: their settings, the phase they are in, the groups of their prompts and what was recorded for
 * each member. One place holds all of a run and every call is one transaction, so that 200 calls at once give one group.
 */
export type RunRecords = {
  /** Files a run unless there is one of its id, and gives the one that lies there now. */
  create(organisation: string, id: string, settings: RunSettings): Promise<Run>
  read(organisation: string, id: string): Promise<Run | null>
  /** Newest first. */
  list(organisation: string, ask: RunsAsked): Promise<Run[]>
  /**
   * Puts members into the group of their prompt that they belong to (shared/runs/gathering.ts), or opens one in the step
   * and class that the run is in. Answers when their group is closed or their time is up; null where there is no such run.
   */
  enter(organisation: string, run: string, asked: Entering): Promise<Entry[] | null>
  /** The client of a call hung up while it waited: its members are none. */
  leave(organisation: string, run: string, call: string): Promise<null>
  /** Members of an open group got no answer: a repeat takes their place. */
  vacate(organisation: string, run: string, group: string, members: Member[]): Promise<null>
  /**
   * Keeps what was found for members, and gives what lies there now: what is recorded first stays. What is new moves the
   * scores of the run's classes.
   */
  record(organisation: string, run: string, group: string, found: Found): Promise<Recorded[]>
  /** What is recorded for members, once anything new is recorded for their group, or when `ms` milliseconds have passed. */
  heard(
    organisation: string,
    run: string,
    group: string,
    members: Member[],
    ms: number,
  ): Promise<(Recorded | null)[]>
  /** Newest first. */
  groups(organisation: string, run: string, ask: GroupsAsked): Promise<StoredGroup[]>
  group(organisation: string, run: string, id: string): Promise<StoredGroup | null>
  /** Keeps the anchors of prompts; the newest of a prompt counts. */
  keepAnchors(
    organisation: string,
    run: string,
    anchors: { prompt: Prompt; response: string }[],
  ): Promise<null>
  /** Null where the prompt has none. */
  anchor(organisation: string, run: string, prompt: Prompt): Promise<string | null>
  /** Takes in the class scores of calls marked `split=eval`, which belong to no group and no step. */
  evaluated(organisation: string, run: string, found: ClassScores[], spent: Spent): Promise<null>
  /**
   * Begins a step, for a trainer that went down within one and makes it again: groups that lack members take no more.
   * Null where there is no such run.
   */
  beginStep(organisation: string, run: string): Promise<Run | null>
}
