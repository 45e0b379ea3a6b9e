import type { Eval } from '../../../shared/evals/eval.ts'
import type { OutputItem } from '../../../shared/evals/output-item.ts'
import { type Row as DataRow, type EvalRun, isRunning } from '../../../shared/evals/run.ts'
import { countItem } from '../../../shared/evals/tally.ts'
import type { Row, Sql } from '../sql.ts'
import type { EvalRecords, EvalWork } from './port.ts'

const SCHEMA = [
  `create table if not exists evals (
    organisation text not null, id text not null, created integer not null, content text not null,
    primary key (organisation, id)) without rowid`,
  `create table if not exists eval_runs (
    organisation text not null, id text not null, eval text not null, created integer not null, open integer not null,
    content text not null, payer text not null default '',
    holder text, held integer, primary key (organisation, id)) without rowid`,
  'create index if not exists eval_runs_open on eval_runs (open) where open = 1',
  `create table if not exists eval_rows (
    organisation text not null, run text not null, number integer not null, content text not null,
    primary key (organisation, run, number))`,
  `create table if not exists eval_items (
    organisation text not null, run text not null, number integer not null, id text not null, status text not null,
    content text not null, primary key (organisation, run, number))`,
  'create unique index if not exists eval_item_ids on eval_items (organisation, run, id)',
]

/** `open` of a run whose rows are still to come; 1 is under way, 0 is over. */
const ANNOUNCED = 2
const MOST_ANNOUNCED_SECONDS = 3600

/** The evals of all organisations in one SQLite. */
export function createEvalRecords(sql: Sql): EvalRecords & EvalWork {
  for (const statement of SCHEMA) sql.all(statement)

  function findRun(organisation: string, id: string): EvalRun | null {
    return contentOf(
      sql.all(
        `select content from eval_runs where organisation = ? and id = ? and open <> ${ANNOUNCED}`,
        organisation,
        id,
      ),
    )
  }

  function fileRun(organisation: string, run: EvalRun): void {
    const open = Number(isRunning(run))
    const row = [organisation, run.id, run.eval_id, run.created_at, open, JSON.stringify(run)]
    sql.all(
      `insert into eval_runs (organisation, id, eval, created, open, content) values (?, ?, ?, ?, ?, ?)
       on conflict do update set eval = excluded.eval, created = excluded.created, open = excluded.open,
         content = excluded.content`,
      ...row,
    )
  }

  function putItem(organisation: string, run: string, number: number, item: OutputItem): void {
    const row = [organisation, run, number, item.id, item.status, JSON.stringify(item)]
    sql.all('insert or replace into eval_items values (?, ?, ?, ?, ?, ?)', ...row)
  }

  function numberOf(organisation: string, run: string, id: string): number | null {
    const query = 'select number from eval_items where organisation = ? and run = ? and id = ?'
    const [row] = sql.all(query, organisation, run, id)
    return row ? Number(row.number) : null
  }

  function dropRun(organisation: string, id: string): void {
    for (const table of ['eval_rows', 'eval_items']) {
      sql.all(`delete from ${table} where organisation = ? and run = ?`, organisation, id)
    }
    sql.all('delete from eval_runs where organisation = ? and id = ?', organisation, id)
  }

  const ofEval = async (organisation: string, evalId: string, id: string) => {
    const run = findRun(organisation, id)
    return run?.eval_id === evalId ? run : null
  }
  const runsOf = (organisation: string, evalId: string) =>
    sql
      .all(
        `select content from eval_runs where organisation = ? and eval = ? and open <> ${ANNOUNCED}
         order by created, id`,
        organisation,
        evalId,
      )
      .map(parsed<EvalRun>)

  return {
    async keepEval(organisation, made) {
      const row = [organisation, made.id, made.created_at, JSON.stringify(made)]
      sql.all('insert or replace into evals values (?, ?, ?, ?)', ...row)
      return null
    },
    eval: async (organisation, id) =>
      contentOf<Eval>(
        sql.all('select content from evals where organisation = ? and id = ?', organisation, id),
      ),
    evals: async (organisation) =>
      sql
        .all('select content from evals where organisation = ? order by created, id', organisation)
        .map(parsed<Eval>),
    deleteEval: async (organisation, id) =>
      sql.transaction(() => {
        const there = sql.all('select id from evals where organisation = ? and id = ?', organisation, id)
        const runs = sql.all('select id from eval_runs where organisation = ? and eval = ?', organisation, id)
        for (const run of runs) dropRun(organisation, String(run.id))
        sql.all('delete from evals where organisation = ? and id = ?', organisation, id)
        return there.length > 0
      }),

    announceRun: async (organisation, run, payer) =>
      sql.transaction(() => {
        const query = `select organisation, id from eval_runs where open = ${ANNOUNCED} and created < ?`
        for (const row of sql.all(query, run.created_at - MOST_ANNOUNCED_SECONDS)) {
          dropRun(String(row.organisation), String(row.id))
        }
        fileRun(organisation, run)
        const change = `update eval_runs set open = ${ANNOUNCED}, payer = ? where organisation = ? and id = ?`
        sql.all(change, payer, organisation, run.id)
        return null
      }),
    async openRun(organisation, id) {
      const query = 'update eval_runs set open = 1 where organisation = ? and id = ? returning id'
      return sql.all(query, organisation, id).length > 0
    },

    keepRows: async (organisation, run, from, rows) =>
      sql.transaction(() => {
        for (const [index, row] of rows.entries()) {
          const values = [organisation, run, from + index, JSON.stringify(row)]
          sql.all('insert or replace into eval_rows values (?, ?, ?, ?)', ...values)
        }
        return null
      }),
    async keepRun(organisation, run) {
      fileRun(organisation, run)
      return null
    },
    run: ofEval,
    runs: async (organisation, evalId) => runsOf(organisation, evalId),
    endRun: async (organisation, evalId, id, end) =>
      sql.transaction(() => {
        const run = findRun(organisation, id)
        if (run?.eval_id !== evalId) return null
        if (!isRunning(run)) return run
        const ended = { ...run, ...end }
        fileRun(organisation, ended)
        return ended
      }),
    deleteRun: async (organisation, evalId, id) =>
      sql.transaction(() => {
        if (findRun(organisation, id)?.eval_id !== evalId) return false
        dropRun(organisation, id)
        return true
      }),

    keepItems: async (organisation, run, items) =>
      sql.transaction(() => {
        const query =
          'select coalesce(max(number), -1) as most from eval_items where organisation = ? and run = ?'
        let most = Number(sql.all(query, organisation, run)[0]?.most)
        for (const item of items) {
          putItem(organisation, run, numberOf(organisation, run, item.id) ?? ++most, item)
        }
        return null
      }),
    item: async (organisation, run, id) => {
      const query = 'select content from eval_items where organisation = ? and run = ? and id = ?'
      return contentOf<OutputItem>(sql.all(query, organisation, run, id))
    },
    async items(organisation, run, { after, count, order, status }) {
      const last = after === null ? null : numberOf(organisation, run, after)
      const [beyond, from] = order === 'asc' ? ['>', last ?? -1] : ['<', last ?? Number.MAX_SAFE_INTEGER]
      const query = `select content from eval_items where organisation = ? and run = ? and number ${beyond} ?
        and (? is null or status = ?) order by number ${order} limit ?`
      return sql.all(query, organisation, run, from, status, status, count).map(parsed<OutputItem>)
    },

    openRuns: () =>
      sql
        .all('select organisation, content, payer from eval_runs where open = 1 order by created, id')
        .map((row) => ({
          organisation: String(row.organisation),
          run: parsed<EvalRun>(row),
          payer: String(row.payer),
        })),
    holdRun({ organisation, run }, holder, now, until) {
      const query = `update eval_runs set holder = ?, held = ? where organisation = ? and id = ? and open = 1
        and (holder is null or holder = ? or held < ?) returning id`
      return sql.all(query, holder, until, organisation, run.id, holder, now).length > 0
    },
    payerOf(organisation, id) {
      const query = 'select payer from eval_runs where organisation = ? and id = ?'
      return String(sql.all(query, organisation, id)[0]?.payer ?? '')
    },
    rowsLeft(organisation, run, after, count) {
      const query = `select number, content from eval_rows r where organisation = ? and run = ? and number > ?
        and not exists (select 1 from eval_items i where i.organisation = r.organisation and i.run = r.run
          and i.number = r.number)
        order by number limit ?`
      return sql
        .all(query, organisation, run, after, count)
        .map((row) => ({ number: Number(row.number), row: parsed<DataRow>(row) }))
    },
    fileItem: ({ organisation, run: { id } }, item, uses) =>
      sql.transaction(() => {
        const run = findRun(organisation, id)
        if (run === null) return false
        if (numberOf(organisation, id, item.id) !== null) return isRunning(run)
        putItem(organisation, id, item.datasource_item_id, item)
        fileRun(
          organisation,
          countItem({ ...run, status: run.status === 'queued' ? 'in_progress' : run.status }, item, uses),
        )
        return isRunning(run)
      }),
  }
}

function contentOf<T>([row]: Row[]): T | null {
  return row ? parsed<T>(row) : null
}

function parsed<T>(row: Row): T {
  return JSON.parse(String(row.content))
}
