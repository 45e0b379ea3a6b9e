import type { Sql } from '../sql.ts'
import type { SubmissionRecords } from './port.ts'

const KEPT_MS = 24 * 60 * 60 * 1000

const SCHEMA = [
  `create table if not exists submissions (
    organisation text not null, id text not null, created integer not null, content text not null,
    primary key (organisation, id))`,
  'create index if not exists submissions_by_age on submissions (created)',
]

/** Submissions in one SQLite; those that are too old go whenever one comes. */
export function createSubmissionRecords(sql: Sql): SubmissionRecords {
  for (const statement of SCHEMA) sql.all(statement)
  return {
    keep: async (organisation, id, { created, content }) =>
      sql.transaction(() => {
        sql.all('delete from submissions where created < ?', created - KEPT_MS)
        sql.all('insert or ignore into submissions values (?, ?, ?, ?)', organisation, id, created, content)
        return null
      }),
    async find(organisation, id) {
      const query = 'select created, content from submissions where organisation = ? and id = ?'
      const [row] = sql.all(query, organisation, id)
      return row ? { created: Number(row.created), content: String(row.content) } : null
    },
  }
}
