export type SqlValue = string | number | null
export type Row = Record<string, unknown>

/**
 * The SQLite that records lie in, as both platforms have it: synchronous. A Durable Object's storage and
 * `node:sqlite` (Node, Bun and Deno) implement it. Throws what SQLite throws: a full disk, a locked file.
 */
export type Sql = {
  /** Runs one statement and gives its rows. */
  all(query: string, ...bindings: SqlValue[]): Row[]
  /** Runs `work` as one write: all of it lies on disk afterwards, or none of it. */
  transaction<T>(work: () => T): T
}
