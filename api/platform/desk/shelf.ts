import type {
  Decision,
  Edit,
  Effect,
  MetaRubricVersion,
  Proposal,
} from '../../../shared/protocol/governance.ts'
import type { MetaRubricLayer } from '../../../shared/protocol/rubric.ts'
import type { GoldenPair } from '../../../shared/rubric/golden-pairs.ts'

/** A version of an organisation's own, as it lies on the shelf. Never changed once it does. */
export type StoredVersion = {
  layer: MetaRubricLayer
  golden: GoldenPair[]
  /** Unix time, seconds. */
  created: number
  by: string
  note: string | null
  lineage: MetaRubricVersion['lineage']
  effect: Effect | null
}

/** A version to be filed, if the newest one of its name still is the one that it follows. */
export type Filing = {
  version: StoredVersion
  /** The proposal that becomes this version, and its decision. */
  accepts: { id: string; decision: Decision } | null
  /** The Idempotency-Key of the call, which files one version at most. */
  repeat: string | null
}

/** What became of a filing: it lies there, a newer version does, or the proposal was decided by another call. */
export type Filed =
  | { outcome: 'filed'; version: StoredVersion }
  | { outcome: 'stale'; newest: number }
  | { outcome: 'decided'; proposal: Proposal }

export type Decided = { outcome: 'rejected' | 'decided'; proposal: Proposal }

/** A proposal that is new, before it has a status. */
export type NewProposal = Pick<
  Proposal,
  'id' | 'name' | 'base' | 'rationale' | 'evidence' | 'by' | 'created'
> & {
  edit: Edit
  effect: Effect | null
}

/**
 * An organisation's own meta-rubrics and their proposals. One shelf holds all of an organisation, and every call is
 * one transaction, so that whoever reads sees the last write.
 */
export type Shelf = {
  /** The highest version of every name. */
  newest(organisation: string): Promise<{ name: string; version: number }[]>
  version(organisation: string, name: string, version: number): Promise<StoredVersion | null>
  /** Oldest first. */
  versions(organisation: string, name: string): Promise<StoredVersion[]>
  /** The version that an Idempotency-Key filed. */
  repeated(organisation: string, repeat: string): Promise<StoredVersion | null>
  file(organisation: string, filing: Filing): Promise<Filed>
  /** Oldest first. */
  proposals(organisation: string, name: string): Promise<Proposal[]>
  proposal(organisation: string, name: string, id: string): Promise<Proposal | null>
  /** The proposal as it lies there now: an equal one that was made before, whatever became of it. */
  propose(organisation: string, proposal: NewProposal): Promise<Proposal>
  reject(organisation: string, name: string, id: string, decision: Decision): Promise<Decided | null>
}
