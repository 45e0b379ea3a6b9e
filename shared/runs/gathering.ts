import type { Member, RunGroup } from './member.ts'

/** A group that lacks members takes them for so long after the last one came. */
export const OPEN_MS = 600_000
/** For so long after its reward was recorded, a member that comes to a closed group again is a retry. */
export const RETRY_MS = 60_000

/** A group of a prompt, as it stands when a member comes. */
export type Standing = {
  closed: RunGroup['closed']
  /** Members that it lacks. */
  free: number
  /** Milliseconds since a member came to it last. */
  idleMs: number
}

/** The member with the same id and the same text that a group has. */
export type Twin = {
  /** The client gives it an id. */
  named: boolean
  /** Calls for it that ended without an answer, and were not repeated. */
  vacant: number
  /** Milliseconds since its reward was recorded; null before. */
  recordedMs: number | null
}

/**
 * Whether a call repeats one of before. With an id it does. Without one, while the group is open, only where a call for
 * such a member ended without an answer: the same text is another sample elsewise. In a closed group it does until
 * `RETRY_MS` after the reward was recorded.
 */
export function isRetry({ closed, idleMs }: Standing, { named, vacant, recordedMs }: Twin): boolean {
  if (idleMs > OPEN_MS) return false
  if (closed === null) return named || vacant > 0
  return recordedMs === null || recordedMs <= RETRY_MS
}

/**
 * Where a member goes that is no retry: `standing` is of the newest group of its prompt. A group that closed before it
 * had its size takes the missing ones late; a full one, or one that nobody came to for long, takes nobody, so that the
 * next epoch opens another.
 */
export function placeOf(standing: Standing | null): 'joins' | 'late' | 'opens' {
  if (standing === null || standing.free <= 0 || standing.idleMs > OPEN_MS) return 'opens'
  return standing.closed === null ? 'joins' : 'late'
}

/** A call that waits for others of its group. */
export type Waiting = {
  member: Member
  /** `memberKey`. */
  key: string
}

/**
 * The members that calls under way make, in an order that says nothing of who came first. Calls with the same id and text
 * are one member; without an id each is one.
 */
export function gathered(waiting: readonly Waiting[]): Waiting[] {
  const named = new Set<string>()
  return waiting
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .filter(({ member, key }) => member.id === null || (!named.has(key) && named.add(key)))
}
