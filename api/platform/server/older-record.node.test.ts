import { expect, test } from 'vitest'
import type { Sql } from '../sql.ts'
import { serverPlatform } from './platform.ts'
import { openSqlite } from './sqlite.ts'

/** The tables as the release before runs, URL tokens and evals made them, on servers and in Durable Objects alike. */
const BEFORE = [
  `create table judgments (organisation text not null, id text not null, created integer not null, model text,
    view text not null, evidence text not null, primary key (organisation, id)) without rowid`,
  'create table bindings (key text primary key, organisation text not null, id text not null, expires integer) without rowid',
  `create table charges (organisation text not null, api_key text not null, model text, judgment text not null,
    created integer not null, judge_calls integer not null, prompt_tokens integer not null,
    completion_tokens integer not null, cached_tokens integer not null)`,
  'create table rubrics (organisation text not null, id text not null, content text not null, primary key (organisation, id)) without rowid',
  'create table memory (organisation text not null, key text not null, value text not null, primary key (organisation, key)) without rowid',
  `create table meta_rubrics (organisation text not null, name text not null, version integer not null, repeat text,
    content text not null, primary key (organisation, name, version)) without rowid`,
  `create table proposals (organisation text not null, name text not null, id text not null, created integer not null,
    content text not null, primary key (organisation, name, id)) without rowid`,
  `create table training_files (organisation text not null, id text not null, created integer not null,
    content text not null, primary key (organisation, id)) without rowid`,
  `create table training_file_parts (organisation text not null, id text not null, part integer not null,
    content text not null, primary key (organisation, id, part))`,
  `create table training_jobs (organisation text not null, id text not null, created integer not null,
    content text not null, primary key (organisation, id)) without rowid`,
  `create table training_events (organisation text not null, job text not null, number integer not null,
    content text not null, primary key (organisation, job, number))`,
]

const secret = 'a'.repeat(40)
const open = (sql: Sql) =>
  serverPlatform((name) => (name === 'PLUMBLINE_SECRET' ? secret : undefined), sql, fetch)

/** Each table with its columns, as SQLite tells them. */
function columnsOf(sql: Sql) {
  const tables = sql.all("select name from sqlite_master where type = 'table' order by name")
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      sql.all(`select name, type, "notnull", pk from pragma_table_info('${name}') order by cid`),
    ]),
  )
}

test('a record of the release before becomes what a new one is, with what lies in it', async () => {
  const [older, fresh] = [openSqlite(':memory:'), openSqlite(':memory:')]
  for (const statement of BEFORE) older.all(statement)
  older.all("insert into charges values ('org', 'key', 'm', 'jdg_1', 1, 3, 30, 4, 2)")
  const { desk, quiet } = open(older)
  const { quiet: freshQuiet } = open(fresh)
  expect(columnsOf(older)).toEqual(columnsOf(fresh))
  const tokens = { prompt: 7, completion: 1, cached: 0 }
  await desk(0).chargeChat({ organisation: 'org', apiKey: 'key', model: 'm', tokens })
  expect(await desk(0).usage('org')).toMatchObject([
    { judgments: 1, chat_completions: 1, judge_calls: 3, prompt_tokens: 37 },
  ])
  await Promise.all([quiet(), freshQuiet()])
})
