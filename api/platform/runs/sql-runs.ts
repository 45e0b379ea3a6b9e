import type { Run, RunSettings } from '../../../shared/protocol/run.ts'
import { showRun } from '../../../shared/runs/show-run.ts'
import { openRun, type RunState } from '../../../shared/runs/state.ts'
import type { Row, Sql } from '../sql.ts'
import type { RunsAsked } from './port.ts'

const SCHEMA = [
  `create table if not exists runs (
    organisation text not null, id text not null, created integer not null, settings text not null,
    state text not null, primary key (organisation, id)) without rowid`,
  `create table if not exists run_anchors (
    organisation text not null, run text not null, prompt text not null, response text not null,
    primary key (organisation, run, prompt)) without rowid`,
]

/** The rows of runs. No call is a transaction of its own. */
export type RunRows = ReturnType<typeof openRunRows>

/** Makes the tables where there are none. */
export function openRunRows(sql: Sql) {
  for (const statement of SCHEMA) sql.all(statement)

  function find(organisation: string, id: string): { settings: RunSettings; state: RunState } | null {
    const [row] = sql.all(
      'select settings, state from runs where organisation = ? and id = ?',
      organisation,
      id,
    )
    return row ? { settings: JSON.parse(String(row.settings)), state: JSON.parse(String(row.state)) } : null
  }

  return {
    find,
    add(organisation: string, id: string, settings: RunSettings, now: number): void {
      const row = [organisation, id, now, JSON.stringify(settings), JSON.stringify(openRun(settings))]
      sql.all('insert or ignore into runs values (?, ?, ?, ?, ?)', ...row)
    },
    show(organisation: string, id: string): Run | null {
      const [row] = sql.all('select * from runs where organisation = ? and id = ?', organisation, id)
      return row ? shown(row) : null
    },
    list(organisation: string, { before, limit }: RunsAsked): Run[] {
      const query = `select * from runs where organisation = ? and (created / 1000, id) < (?, ?)
        order by created / 1000 desc, id desc limit ?`
      const from = [before?.created ?? Number.MAX_SAFE_INTEGER, before?.id ?? '']
      return sql.all(query, organisation, ...from, limit).map(shown)
    },
    save(organisation: string, id: string, state: RunState): void {
      const query = 'update runs set state = ? where organisation = ? and id = ?'
      sql.all(query, JSON.stringify(state), organisation, id)
    },
    anchor(organisation: string, run: string, prompt: string): string | null {
      const query = 'select response from run_anchors where organisation = ? and run = ? and prompt = ?'
      const [row] = sql.all(query, organisation, run, prompt)
      return row ? String(row.response) : null
    },
    keepAnchor(organisation: string, run: string, prompt: string, response: string): void {
      sql.all('insert or replace into run_anchors values (?, ?, ?, ?)', organisation, run, prompt, response)
    },
  }
}

function shown({ id, created, settings, state }: Row): Run {
  const seconds = Math.floor(Number(created) / 1000)
  return showRun(String(id), seconds, JSON.parse(String(settings)), JSON.parse(String(state)))
}
