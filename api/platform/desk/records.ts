import type { Evidence } from '../../../shared/judge/evidence.ts'
import type { Filed } from '../../../shared/judge/filed.ts'
import type { Rubric } from '../../../shared/protocol/rubric.ts'
import type { Row, Sql } from '../sql.ts'
import type { Filing } from './filing.ts'
import type { ChatCharge, Cursor, Kept, UsageRow } from './port.ts'

const SCHEMA = [
  `create table if not exists judgments (
    organisation text not null, id text not null, created integer not null, model text,
    view text not null, evidence text not null, primary key (organisation, id)) without rowid`,
  'create index if not exists judgments_by_age on judgments (organisation, created, id)',
  'create table if not exists bindings (key text primary key, organisation text not null, id text not null, expires integer) without rowid',
  `create table if not exists charges (
    organisation text not null, api_key text not null, model text, judgment text not null, created integer not null,
    judge_calls integer not null, prompt_tokens integer not null, completion_tokens integer not null,
    cached_tokens integer not null)`,
  'create index if not exists charges_by_organisation on charges (organisation)',
  'create table if not exists rubrics (organisation text not null, id text not null, content text not null, primary key (organisation, id)) without rowid',
  'create table if not exists memory (organisation text not null, key text not null, value text not null, primary key (organisation, key)) without rowid',
]

/** In the place of a judgment's id where what is charged was a chat completion. */
const NO_JUDGMENT = ''

export type Records = ReturnType<typeof createRecords>

/** The tables of a shard. All calls are synchronous, so a caller between two awaits is alone with them. */
export function createRecords(sql: Sql) {
  for (const statement of SCHEMA) sql.all(statement)

  function read(organisation: string, id: string): Kept | null {
    const [row] = sql.all('select * from judgments where organisation = ? and id = ?', organisation, id)
    return row ? toKept(row) : null
  }

  function find(key: string, now: number): Filed | null {
    const [row] = sql.all(
      `select judgments.* from bindings join judgments using (organisation, id)
       where key = ? and (expires is null or expires > ?)`,
      key,
      now,
    )
    return row ? toKept(row).filed : null
  }

  return {
    read,

    /** The evidence that a key is bound to, if it is and has not expired. `now` in milliseconds. */
    find,

    /**
     * One write: the record, its charge, its rubrics, its memories and the keys bound to it. Gives the evidence
     * that lies there now: an earlier one, where the key was bound or the same was found before.
     */
    file({ assignment, filed, memories, keys, rebind, expires }: Filing, now: number): Filed {
      const { organisation, apiKey, view } = assignment
      const { evidence, id, created, model } = filed
      const { spent } = evidence
      sql.transaction(() => {
        sql.all(
          'insert or ignore into judgments values (?, ?, ?, ?, ?, ?)',
          organisation,
          id,
          created,
          model,
          JSON.stringify(view),
          JSON.stringify(evidence),
        )
        sql.all(
          'insert into charges values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
          organisation,
          apiKey,
          model,
          id,
          created,
          spent.judge_calls,
          spent.prompt_tokens,
          spent.completion_tokens,
          spent.cached_tokens,
        )
        for (const rubric of rubricsOf(evidence)) insertRubric(sql, organisation, rubric)
        for (const [key, value] of memories)
          sql.all('insert or replace into memory values (?, ?, ?)', organisation, key, value)
        for (const key of keys)
          sql.all(
            `insert into bindings values (?, ?, ?, ?) on conflict (key) do update
             set id = excluded.id, expires = excluded.expires where ? or bindings.expires <= ?`,
            key,
            organisation,
            id,
            expires,
            rebind ? 1 : 0,
            now,
          )
      })
      const bound = assignment.cache === 'use' ? find(assignment.key, now) : null
      return bound ?? read(organisation, id)?.filed ?? filed
    },

    /** Newest first. */
    list(organisation: string, before: Cursor | null, limit: number): Kept[] {
      const after = before ?? { created: Number.MAX_SAFE_INTEGER, id: '' }
      return sql
        .all(
          `select * from judgments where organisation = ? and (created, id) < (?, ?)
           order by created desc, id desc limit ?`,
          organisation,
          after.created,
          after.id,
          limit,
        )
        .map(toKept)
    },

    rubric(organisation: string, id: string): Rubric | null {
      const [row] = sql.all('select content from rubrics where organisation = ? and id = ?', organisation, id)
      return row ? JSON.parse(String(row.content)) : null
    },

    fileRubric(organisation: string, rubric: Rubric): void {
      insertRubric(sql, organisation, rubric)
    },

    /** The JSON that was remembered under a key. */
    recall(organisation: string, key: string): string | null {
      const [row] = sql.all('select value from memory where organisation = ? and key = ?', organisation, key)
      return row ? String(row.value) : null
    },

    chargeChat({ organisation, apiKey, model, tokens }: ChatCharge, now: number): void {
      sql.all(
        'insert into charges values (?, ?, ?, ?, ?, 0, ?, ?, ?)',
        organisation,
        apiKey,
        model,
        NO_JUDGMENT,
        Math.floor(now / 1000),
        tokens.prompt,
        tokens.completion,
        tokens.cached,
      )
    },

    usage(organisation: string): UsageRow[] {
      return sql
        .all(
          `select api_key, model, sum(judgment <> '${NO_JUDGMENT}') as judgments,
             sum(judgment = '${NO_JUDGMENT}') as chat_completions, sum(judge_calls) as judge_calls,
             sum(prompt_tokens) as prompt_tokens, sum(completion_tokens) as completion_tokens,
             sum(cached_tokens) as cached_tokens
           from charges where organisation = ? group by api_key, model order by api_key, model`,
          organisation,
        )
        .map((row) => ({
          api_key: String(row.api_key),
          model: row.model === null ? null : String(row.model),
          judgments: Number(row.judgments),
          chat_completions: Number(row.chat_completions),
          judge_calls: Number(row.judge_calls),
          prompt_tokens: Number(row.prompt_tokens),
          completion_tokens: Number(row.completion_tokens),
          cached_tokens: Number(row.cached_tokens),
        }))
    },
  }
}

function insertRubric(sql: Sql, organisation: string, rubric: Rubric): void {
  sql.all('insert or ignore into rubrics values (?, ?, ?)', organisation, rubric.id, JSON.stringify(rubric))
}

function rubricsOf(evidence: Evidence): Rubric[] {
  const made = evidence.kind === 'pair' ? evidence.orders.flatMap((order) => order.rubric ?? []) : []
  return evidence.rubric ? [evidence.rubric, ...made] : made
}

function toKept(row: Row): Kept {
  return {
    filed: {
      id: String(row.id),
      created: Number(row.created),
      model: row.model === null ? null : String(row.model),
      evidence: JSON.parse(String(row.evidence)),
    },
    view: JSON.parse(String(row.view)),
  }
}
