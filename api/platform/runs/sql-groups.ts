import type { Standing, Twin, Waiting } from '../../../shared/runs/gathering.ts'
import type { Member, Recorded, RunGroup, StoredGroup } from '../../../shared/runs/member.ts'
import type { Row, Sql } from '../sql.ts'
import type { GroupsAsked } from './port.ts'

const SCHEMA = [
  `create table if not exists run_groups (
    organisation text not null, run text not null, id text not null, number integer not null,
    key text not null, sequence integer not null, size integer not null, content text not null,
    anchor text, closed text, touched integer not null,
    primary key (organisation, run, id)) without rowid`,
  'create index if not exists run_groups_of_a_prompt on run_groups (organisation, run, key, sequence)',
  'create index if not exists run_groups_by_number on run_groups (organisation, run, number)',
  `create table if not exists run_members (
    organisation text not null, run text not null, member_of text not null, key text not null,
    late integer not null, copies integer not null, vacant integer not null, content text not null,
    recorded text, recorded_at integer,
    primary key (organisation, run, member_of, key, late))`,
]

/** What a group is opened with and keeps. */
type Content = Omit<RunGroup, 'id' | 'sequence' | 'closed' | 'anchor' | 'members'> & { way: string }
type Opening = Content &
  Pick<RunGroup, 'id' | 'sequence' | 'anchor'> & { key: string; number: number; size: number }

/** A group with how it stands for whoever comes. */
export type Place = { group: RunGroup; key: string; standing: Standing }

/** The rows of the groups of one run and of their members. No call is a transaction of its own. */
export type GroupRows = ReturnType<typeof createGroupRows>

/** Makes the tables where there are none. A process that begins has lost every call that had no answer. */
export function prepareGroupRows(sql: Sql): void {
  for (const statement of SCHEMA) sql.all(statement)
  sql.all('update run_members set vacant = copies where recorded is null')
}

export function createGroupRows(sql: Sql, organisation: string, run: string) {
  const of = [organisation, run] as const
  const ours = 'organisation = ? and run = ?'

  function membersOf(id: string) {
    return sql.all(`select * from run_members where ${ours} and member_of = ? order by late, key`, ...of, id)
  }

  function groupOf(row: Row): RunGroup {
    const id = String(row.id)
    const { way: _, ...content }: Content = JSON.parse(String(row.content))
    return {
      ...content,
      ...{ id, sequence: Number(row.sequence), closed: closedOf(row), anchor: textOf(row.anchor) },
      members: membersOf(id)
        .filter(({ late }) => late === 0)
        .flatMap((member) => Array.from({ length: Number(member.copies) }, () => memberOf(member))),
    }
  }

  function placeOf(row: Row | undefined, now: number): Place | null {
    if (!row) return null
    const taken = membersOf(String(row.id)).reduce((sum, { copies }) => sum + Number(copies), 0)
    const standing = {
      closed: closedOf(row),
      ...{ free: Number(row.size) - taken, idleMs: now - Number(row.touched) },
    }
    return { group: groupOf(row), key: String(row.key), standing }
  }

  return {
    /** The newest group of a prompt. */
    newest(key: string, now: number): Place | null {
      const query = `select * from run_groups where ${ours} and key = ? order by sequence desc limit 1`
      return placeOf(sql.all(query, ...of, key)[0], now)
    },
    /** The newest group of a prompt that has the member, and what is known of it there. */
    twin(
      key: string,
      { key: member, member: { id } }: Waiting,
      now: number,
    ): (Place & { twin: Twin; late: boolean }) | null {
      const query = `select g.*, m.vacant, m.recorded_at, m.late from run_groups g join run_members m
        on m.organisation = g.organisation and m.run = g.run and m.member_of = g.id
        where g.organisation = ? and g.run = ? and g.key = ? and m.key = ? order by g.sequence desc, m.late limit 1`
      const [row] = sql.all(query, ...of, key, member)
      const place = placeOf(row, now)
      if (!row || !place) return null
      const recordedMs = row.recorded_at === null ? null : now - Number(row.recorded_at)
      const twin = { named: id !== null, vacant: Number(row.vacant), recordedMs }
      return { ...place, twin, late: row.late === 1 }
    },
    group(id: string): RunGroup | null {
      const [row] = sql.all(`select * from run_groups where ${ours} and id = ?`, ...of, id)
      return row ? groupOf(row) : null
    },
    open({ id, sequence, anchor, key, number, size, ...content }: Opening): void {
      const row = [id, number, key, sequence, size, JSON.stringify(content), anchor, null, content.opened]
      sql.all('insert into run_groups values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', ...of, ...row)
    },
    /** A group that nobody came to, as if it had never been opened. Gives the number that it had. */
    drop(id: string): number {
      const query = `delete from run_groups where ${ours} and id = ? returning number`
      return Number(sql.all(query, ...of, id)[0]?.number)
    },
    close(id: string, why: 'full' | 'partial'): void {
      sql.all(`update run_groups set closed = ? where ${ours} and id = ?`, why, ...of, id)
    },
    /** Closes every group that lacks members, and as if nobody had come for long: it takes none, not even late. */
    abandon(): void {
      sql.all(
        `update run_groups set closed = coalesce(closed, 'partial'), touched = 0 where ${ours} and closed is not 'full'`,
        ...of,
      )
    },
    touch(id: string, now: number): void {
      sql.all(`update run_groups set touched = ? where ${ours} and id = ?`, now, ...of, id)
    },
    anchor(id: string, response: string): void {
      const query = `update run_groups set anchor = ? where ${ours} and id = ?`
      sql.all(query, response, ...of, id)
    },
    /** One more of a member: a late one has what its like in the group has. */
    add(id: string, { key, member }: Waiting, late: boolean): void {
      const query = `insert into run_members
        select ?, ?, ?, ?, ?, 1, 0, ?,
          (select recorded from run_members where ${ours} and member_of = ? and key = ? and recorded is not null),
          (select recorded_at from run_members where ${ours} and member_of = ? and key = ? and recorded is not null)
        where true
        on conflict do update set copies = copies + 1`
      const twin = [...of, id, key]
      sql.all(query, ...of, id, key, Number(late), JSON.stringify(member), ...twin, ...twin)
    },
    /** A call for the member got no answer, or is repeated. */
    vacate(id: string, key: string, by: 1 | -1): void {
      const query = `update run_members set vacant = min(copies, max(0, vacant + ?))
        where ${ours} and member_of = ? and key = ?`
      sql.all(query, by, ...of, id, key)
    },
    recorded(id: string, key: string): Recorded | null {
      const query = `select recorded from run_members where ${ours} and member_of = ? and key = ? and recorded is not null`
      const [row] = sql.all(query, ...of, id, key)
      return row ? JSON.parse(String(row.recorded)) : null
    },
    /** How many members it was new for. */
    record(id: string, key: string, recorded: Recorded, now: number): number {
      const query = `update run_members set recorded = ?, recorded_at = ?
        where ${ours} and member_of = ? and key = ? and recorded is null returning copies`
      const rows = sql.all(query, JSON.stringify(recorded), now, ...of, id, key)
      return rows.reduce((sum, { copies }) => sum + Number(copies), 0)
    },
    stored({ before, limit }: GroupsAsked): StoredGroup[] {
      const query = `select * from run_groups where ${ours} and number < ? order by number desc limit ?`
      return sql.all(query, ...of, before ?? Number.MAX_SAFE_INTEGER, limit).map(storedOf)
    },
    storedGroup(id: string): StoredGroup | null {
      const [row] = sql.all(`select * from run_groups where ${ours} and id = ?`, ...of, id)
      return row ? storedOf(row) : null
    },
  }

  function storedOf(row: Row): StoredGroup {
    const { way }: Content = JSON.parse(String(row.content))
    const { members: _, ...group } = groupOf(row)
    return {
      ...group,
      ...{ number: Number(row.number), way, size: Number(row.size), waiting: 0 },
      members: membersOf(group.id).flatMap((member) => {
        const recorded = member.recorded === null ? null : JSON.parse(String(member.recorded))
        const shown = { ...memberOf(member), late: member.late === 1, recorded }
        return Array.from({ length: Number(member.copies) }, () => shown)
      }),
    }
  }
}

function closedOf({ closed }: Row): RunGroup['closed'] {
  return closed === 'full' || closed === 'partial' ? closed : null
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value)
}

function memberOf({ content }: Row): Member {
  return JSON.parse(String(content))
}
