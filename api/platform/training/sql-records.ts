import type { FileObject } from '../../../shared/protocol/files.ts'
import type { JobEvent } from '../../../shared/protocol/fine-tuning.ts'
import type { Row, Sql } from '../sql.ts'
import { eventNumber, type StoredJob, type TrainingRecords } from './port.ts'

const SCHEMA = [
  `create table if not exists training_files (
    organisation text not null, id text not null, created integer not null, content text not null,
    primary key (organisation, id)) without rowid`,
  `create table if not exists training_file_parts (
    organisation text not null, id text not null, part integer not null, content text not null,
    primary key (organisation, id, part))`,
  `create table if not exists training_jobs (
    organisation text not null, id text not null, created integer not null, content text not null,
    primary key (organisation, id)) without rowid`,
  `create table if not exists training_events (
    organisation text not null, job text not null, number integer not null, content text not null,
    primary key (organisation, job, number))`,
]

/** The records of training in one SQLite. */
export function createTrainingRecords(sql: Sql): TrainingRecords {
  for (const statement of SCHEMA) sql.all(statement)

  function findJob(organisation: string, id: string): StoredJob | null {
    const query = 'select content from training_jobs where organisation = ? and id = ?'
    return contentOf(sql.all(query, organisation, id))
  }

  return {
    async keepPart(organisation, id, part, text) {
      sql.all('insert or replace into training_file_parts values (?, ?, ?, ?)', organisation, id, part, text)
      return null
    },
    async keepFile(organisation, file) {
      const row = [organisation, file.id, file.created_at, JSON.stringify(file)]
      sql.all('insert or replace into training_files values (?, ?, ?, ?)', ...row)
      return null
    },
    file: async (organisation, id) =>
      contentOf(
        sql.all('select content from training_files where organisation = ? and id = ?', organisation, id),
      ),
    files: async (organisation) =>
      sql
        .all(
          'select content from training_files where organisation = ? order by created desc, id',
          organisation,
        )
        .map(parsed<FileObject>),
    async part(organisation, id, part) {
      const query = 'select content from training_file_parts where organisation = ? and id = ? and part = ?'
      const [row] = sql.all(query, organisation, id, part)
      return row ? String(row.content) : null
    },
    deleteFile: async (organisation, id) =>
      sql.transaction(() => {
        const there = sql.all(
          'select id from training_files where organisation = ? and id = ?',
          organisation,
          id,
        )
        for (const table of ['training_files', 'training_file_parts']) {
          sql.all(`delete from ${table} where organisation = ? and id = ?`, organisation, id)
        }
        return there.length > 0
      }),

    addJob: async (organisation, job) =>
      sql.transaction(() => {
        const { id, created_at } = job.job
        const row = [organisation, id, created_at, JSON.stringify(job)]
        sql.all('insert or ignore into training_jobs values (?, ?, ?, ?)', ...row)
        return findJob(organisation, id) ?? job
      }),
    job: async (organisation, id) => findJob(organisation, id),
    jobs: async (organisation) =>
      sql
        .all(
          'select content from training_jobs where organisation = ? order by created desc, id desc',
          organisation,
        )
        .map(parsed<StoredJob>),
    async updateJob(organisation, job) {
      const query = 'update training_jobs set content = ? where organisation = ? and id = ?'
      sql.all(query, JSON.stringify(job), organisation, job.job.id)
      return null
    },
    async removeJob(organisation, id) {
      sql.all('delete from training_jobs where organisation = ? and id = ?', organisation, id)
      return null
    },

    addEvents: async (organisation, job, events) =>
      sql.transaction(() => {
        for (const event of events) {
          const row = [organisation, job, eventNumber(event.id), JSON.stringify(event)]
          sql.all('insert or ignore into training_events values (?, ?, ?, ?)', ...row)
        }
        return null
      }),
    async lastEvent(organisation, job) {
      const query = 'select max(number) as number from training_events where organisation = ? and job = ?'
      return Number(sql.all(query, organisation, job)[0]?.number ?? 0)
    },
    async events(organisation, job, { after, count, order }) {
      const [beyond, from] = order === 'asc' ? ['>', after ?? 0] : ['<', after ?? Number.MAX_SAFE_INTEGER]
      const query = `select content from training_events where organisation = ? and job = ? and number ${beyond} ?
        order by number ${order} limit ?`
      return sql.all(query, organisation, job, from, count).map(parsed<JobEvent>)
    },
  }
}

function contentOf<T>([row]: Row[]): T | null {
  return row ? parsed<T>(row) : null
}

function parsed<T>(row: Row): T {
  return JSON.parse(String(row.content))
}
