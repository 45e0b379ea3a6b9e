import type { Row, Sql } from '../sql.ts'
import type { StoredToken, TokenRecords } from './port.ts'

const SCHEMA = [
  `create table if not exists url_tokens (
    id text primary key, digest text not null, organisation text not null, name text, run text,
    created integer not null, expires integer not null, revoked integer, max_judgments integer,
    judgments integer not null) without rowid`,
  'create index if not exists url_tokens_by_organisation on url_tokens (organisation, created)',
]

/** URL tokens in one SQLite. */
export function createTokenRecords(sql: Sql): TokenRecords {
  for (const statement of SCHEMA) sql.all(statement)

  function find(id: string): StoredToken | null {
    const [row] = sql.all('select * from url_tokens where id = ?', id)
    return row ? toToken(row) : null
  }

  return {
    async add({ id, digest, organisation, name, run, created, expires, revoked, maxJudgments, judgments }) {
      const row = [id, digest, organisation, name, run, created, expires, revoked, maxJudgments, judgments]
      sql.all('insert into url_tokens values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', ...row)
      return null
    },
    find: async (id) => find(id),
    async take(id, now) {
      const taken = sql.all(
        `update url_tokens set judgments = judgments + 1
         where id = ? and revoked is null and expires > ?
           and (max_judgments is null or judgments < max_judgments)
         returning judgments`,
        id,
        now,
      )
      return taken.length > 0
    },
    async list(organisation, { before, limit }) {
      const query = `select * from url_tokens where organisation = ? and (created, id) < (?, ?)
        order by created desc, id desc limit ?`
      const from = [before?.created ?? Number.MAX_SAFE_INTEGER, before?.id ?? '']
      return sql.all(query, organisation, ...from, limit).map(toToken)
    },
    async revoke(id, organisation, now) {
      const query = 'update url_tokens set revoked = ? where id = ? and organisation = ? and revoked is null'
      sql.all(query, now, id, organisation)
      const token = find(id)
      return token?.organisation === organisation ? token : null
    },
  }
}

function toToken(row: Row): StoredToken {
  return {
    id: String(row.id),
    digest: String(row.digest),
    organisation: String(row.organisation),
    name: textOf(row.name),
    run: textOf(row.run),
    created: Number(row.created),
    expires: Number(row.expires),
    revoked: numberOf(row.revoked),
    maxJudgments: numberOf(row.max_judgments),
    judgments: Number(row.judgments),
  }
}

const textOf = (value: unknown): string | null => (value === null ? null : String(value))
const numberOf = (value: unknown): number | null => (value === null ? null : Number(value))
