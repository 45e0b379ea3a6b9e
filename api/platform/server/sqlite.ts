import { DatabaseSync } from 'node:sqlite'
import type { Sql, SqlValue } from '../sql.ts'

/** One SQLite file through `node:sqlite`, which Node, Bun and Deno have. `:memory:` keeps it off the disk. */
export function openSqlite(path: string): Sql & { close(): void } {
  const database = new DatabaseSync(path)
  database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal')
  const prepared = new Map<string, ReturnType<typeof database.prepare>>()
  const statement = (query: string) => {
    const known = prepared.get(query)
    if (known) return known
    const made = database.prepare(query)
    prepared.set(query, made)
    return made
  }
  return {
    all: (query: string, ...bindings: SqlValue[]) => statement(query).all(...bindings),
    transaction(work) {
      database.exec('begin immediate')
      try {
        const result = work()
        database.exec('commit')
        return result
      } catch (error) {
        // A full disk has already rolled back.
        if (database.isTransaction) database.exec('rollback')
        throw error
      }
    },
    close: () => database.close(),
  }
}
