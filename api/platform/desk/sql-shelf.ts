import type { Decision, Proposal } from '../../../shared/protocol/governance.ts'
import type { Row, Sql } from '../sql.ts'
import type { Shelf, StoredVersion } from './shelf.ts'

const SCHEMA = [
  `create table if not exists meta_rubrics (
    organisation text not null, name text not null, version integer not null, repeat text, content text not null,
    primary key (organisation, name, version)) without rowid`,
  'create unique index if not exists meta_rubrics_by_repeat on meta_rubrics (organisation, repeat)',
  `create table if not exists proposals (
    organisation text not null, name text not null, id text not null, created integer not null, content text not null,
    primary key (organisation, name, id)) without rowid`,
]

/** A shelf over one SQLite. */
export function createShelf(sql: Sql): Shelf {
  for (const statement of SCHEMA) sql.all(statement)

  function findVersion(organisation: string, name: string, version: number): StoredVersion | null {
    const query = 'select content from meta_rubrics where organisation = ? and name = ? and version = ?'
    return contentOf(sql.all(query, organisation, name, version))
  }

  function findProposal(organisation: string, name: string, id: string): Proposal | null {
    const query = 'select content from proposals where organisation = ? and name = ? and id = ?'
    return contentOf(sql.all(query, organisation, name, id))
  }

  function findRepeated(organisation: string, repeat: string): StoredVersion | null {
    const query = 'select content from meta_rubrics where organisation = ? and repeat = ?'
    return contentOf(sql.all(query, organisation, repeat))
  }

  function newestOf(organisation: string, name: string): number {
    const query = 'select max(version) as version from meta_rubrics where organisation = ? and name = ?'
    return Number(sql.all(query, organisation, name)[0]?.version ?? 0)
  }

  function decide(organisation: string, open: Proposal, decision: Decision): Proposal {
    const status = decision.version === null ? 'rejected' : 'accepted'
    const decided: Proposal = { ...open, status, decision }
    sql.all(
      'update proposals set content = ? where organisation = ? and name = ? and id = ?',
      JSON.stringify(decided),
      organisation,
      open.name,
      open.id,
    )
    return decided
  }

  return {
    newest: async (organisation) =>
      sql
        .all(
          'select name, max(version) as version from meta_rubrics where organisation = ? group by name',
          organisation,
        )
        .map((row) => ({ name: String(row.name), version: Number(row.version) })),

    version: async (organisation, name, version) => findVersion(organisation, name, version),

    versions: async (organisation, name) =>
      sql
        .all(
          'select content from meta_rubrics where organisation = ? and name = ? order by version',
          organisation,
          name,
        )
        .map(parsed<StoredVersion>),

    repeated: async (organisation, repeat) => findRepeated(organisation, repeat),

    file: async (organisation, { version, accepts, repeat }) =>
      sql.transaction(() => {
        const { name, version: number } = version.layer
        const before = repeat === null ? null : findRepeated(organisation, repeat)
        if (before) return { outcome: 'filed', version: before }
        const proposal = accepts && findProposal(organisation, name, accepts.id)
        if (proposal && proposal.status !== 'proposed') return { outcome: 'decided', proposal }
        const newest = newestOf(organisation, name)
        if (newest >= number) return { outcome: 'stale', newest }
        sql.all(
          'insert into meta_rubrics values (?, ?, ?, ?, ?)',
          organisation,
          name,
          number,
          repeat,
          JSON.stringify(version),
        )
        if (proposal && accepts) decide(organisation, proposal, accepts.decision)
        return { outcome: 'filed', version }
      }),

    proposals: async (organisation, name) =>
      sql
        .all(
          'select content from proposals where organisation = ? and name = ? order by created, id',
          organisation,
          name,
        )
        .map(parsed<Proposal>),

    proposal: async (organisation, name, id) => findProposal(organisation, name, id),

    propose: async (organisation, made) =>
      sql.transaction(() => {
        const before = findProposal(organisation, made.name, made.id)
        if (before) return before
        const proposal: Proposal = {
          object: 'meta_rubric.proposal',
          ...made,
          status: 'proposed',
          decision: null,
        }
        sql.all(
          'insert into proposals values (?, ?, ?, ?, ?)',
          organisation,
          made.name,
          made.id,
          made.created,
          JSON.stringify(proposal),
        )
        return proposal
      }),

    reject: async (organisation, name, id, decision) =>
      sql.transaction(() => {
        const proposal = findProposal(organisation, name, id)
        if (!proposal) return null
        if (proposal.status !== 'proposed') return { outcome: 'decided', proposal }
        return { outcome: 'rejected', proposal: decide(organisation, proposal, decision) }
      }),
  }
}

function contentOf<T>([row]: Row[]): T | null {
  return row ? parsed<T>(row) : null
}

function parsed<T>(row: Row): T {
  return JSON.parse(String(row.content))
}
