import { LRUCache } from 'lru-cache'
import { isRetry, placeOf, type Waiting } from '../../../shared/runs/gathering.ts'
import type { RunGroup } from '../../../shared/runs/member.ts'
import { openGroup } from '../../../shared/runs/phases.ts'
import type { Sql } from '../sql.ts'
import { movingScores } from './class-scores.ts'
import type { Entering, Entry } from './port.ts'
import { createRooms } from './rooms.ts'
import { createGroupRows, type GroupRows, type Place } from './sql-groups.ts'
import type { RunRows } from './sql-runs.ts'

/** A run, by the organisation that it belongs to. */
type Run = { organisation: string; id: string }
type Known = NonNullable<ReturnType<RunRows['find']>>
type Anchored = Pick<RunGroup, 'id' | 'closed' | 'anchor'>
/** What a call asks for, with the keys of its group and, where a stored anchor counts, of its prompt. */
export type Keyed = Entering & { key: string; promptKey: string | null }
/** Where a member went, and whether it waits there for others. */
type Placed = { id: string; late: boolean; waits: boolean }

/** Where members come into their groups. */
export type Entrance = {
  /** Places a member, at once and in one transaction; answers when it waits no longer. */
  enter(run: Run, asked: Keyed, who: Waiting): Promise<Entry>
  leave(call: string): void
  /** Members that wait in a group. */
  waiting(run: Run, group: string): number
}

export function createEntrance(sql: Sql, runs: RunRows, now: () => number): Entrance {
  const rooms = createRooms(now, timeIsUp)
  /** Calls whose client may hang up before they wait. */
  const left = new LRUCache<string, true>({ max: 10_000 })

  /** A group without its size is closed with who is there, unless there is nothing to compare the only one with. */
  function timeIsUp(room: string): void {
    const [organisation, run, group]: string[] = JSON.parse(room)
    const rows = createGroupRows(sql, String(organisation), String(run))
    const anchored = typeof rows.group(String(group))?.anchor === 'string'
    if (rooms.members(room).length > 1 || anchored) close(room, rows, String(group), 'partial')
    else rooms.empty(room)
  }

  function close(room: string, rows: GroupRows, group: string, why: 'full' | 'partial'): void {
    try {
      sql.transaction(() => {
        for (const member of rooms.members(room)) rows.add(group, member, false)
        rows.close(group, why)
      })
      rooms.empty(room)
    } catch (error) {
      rooms.fail(room, error)
    }
  }

  function place(rows: GroupRows, run: Run, asked: Keyed, who: Waiting): Placed {
    const at = now()
    const twin = rows.twin(asked.key, who, at)
    if (twin && (asked.repeats || twin.twin.named) && isRetry(twin.standing, twin.twin)) {
      rows.vacate(twin.group.id, who.key, -1)
      anchor(rows, run, asked, twin.group)
      return { id: twin.group.id, late: twin.late, waits: false }
    }
    const newest = rows.newest(asked.key, at)
    const where = placeOf(newest?.standing ?? null)
    const id = where === 'opens' || !newest ? open(rows, run, asked, newest) : newest.group.id
    rows.touch(id, at)
    if (where === 'joins' && newest) anchor(rows, run, asked, newest.group)
    if (where !== 'late' && asked.waitMs !== null) return { id, late: false, waits: true }
    movingScores(rows, runs, { organisation: run.organisation, run: run.id, group: id }, null, () => {
      rows.add(id, who, where === 'late')
      return rows.recorded(id, who.key) ?? []
    })
    if (where !== 'late' && rows.newest(asked.key, at)?.standing.free === 0) rows.close(id, 'full')
    return { id, late: where === 'late', waits: false }
  }

  /** Gives an open group without an anchor the one that is stored for its prompt now. */
  function anchor(rows: GroupRows, run: Run, { promptKey }: Keyed, group: Anchored): void {
    if (promptKey === null || group.closed !== null || group.anchor !== null) return
    const stored = runs.anchor(run.organisation, run.id, promptKey)
    if (stored !== null) rows.anchor(group.id, stored)
  }

  /**
   * Opens the next group of a prompt. One that nobody came to in the end makes room for it, and in the step under way
   * also its place: the trainer asks for the prompt again, and has no more prompts a step for that.
   */
  function open(rows: GroupRows, run: Run, asked: Keyed, newest: Place | null): string {
    const { key, prompt, way, size, metaRubric } = asked
    const empty = newest?.standing.closed === null && newest.group.members.length === 0
    const sequence = newest ? newest.group.sequence + (empty ? 0 : 1) : 0
    const left = newest && empty ? { ...placeIn(newest.group), number: rows.drop(newest.group.id) } : null
    if (newest?.standing.closed === null && !empty) rows.close(newest.group.id, 'partial')
    const known = runs.find(run.organisation, run.id)
    if (!known) throw new Error(`The run ${run.id} is gone.`)
    const place = left !== null && left.step === known.state.step - 1 ? left : next(run, known)
    const id = `grp_${key}-${sequence}`
    rows.open({
      ...{ id, key, sequence, size, prompt, way, ...place, opened: now() },
      meta_rubric: metaRubric,
      anchor: null,
    })
    anchor(rows, run, asked, { id, closed: null, anchor: null })
    return id
  }

  /** The place of a run's next group. */
  function next(run: Run, { settings, state: before }: Known) {
    const { state, ...place } = openGroup(settings, before)
    runs.save(run.organisation, run.id, state)
    return { ...place, number: state.groups }
  }

  return {
    async enter(run, asked, who) {
      const rows = createGroupRows(sql, run.organisation, run.id)
      const { id, late, waits } = sql.transaction(() => place(rows, run, asked, who))
      const room = roomOf(run, id)
      let leads = true
      if (waits && !left.has(asked.call)) {
        const first = new Promise<boolean>((over, failed) => {
          rooms.wait(room, { ...who, call: asked.call, until: now() + (asked.waitMs ?? 0), over, failed })
        })
        if (rooms.members(room).length >= asked.size) close(room, rows, id, 'full')
        leads = await first
      }
      const group = rows.group(id)
      if (!group) throw new Error(`The group ${id} is gone.`)
      return { group, late, leads, recorded: rows.recorded(id, who.key) }
    },
    leave(call) {
      left.set(call, true)
      rooms.leave(call)
    },
    waiting: (run, group) => rooms.members(roomOf(run, group)).length,
  }
}

const placeIn = ({ step, meta_class, observed }: RunGroup) => ({ step, meta_class, observed })

const roomOf = ({ organisation, id }: Run, group: string) => JSON.stringify([organisation, id, group])
