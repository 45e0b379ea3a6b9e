import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Run, RunSettings } from '../../shared/protocol/run.ts'
import { classParts } from '../../shared/runs/class-criteria.ts'
import type { Call } from '../judging/call.ts'
import type { Rubrics } from '../judging/rubrics.ts'
import type { RunRecords } from '../platform/runs/port.ts'

/** The runs of organisations, of trainers that know a reward URL alone. */
export type Runs = {
  /** A call with the name or the Idempotency-Key of an earlier one gets that one's run. Throws `invalid_request`, `rubric_not_found`. */
  create(settings: RunSettings, call: Call): Promise<Run>
  /** Throws `run_not_found`. */
  read(organisation: string, id: string): Promise<Run>
  /** Newest first, after the run with the id `before`. Throws `run_not_found`. */
  list(organisation: string, before: string | null, limit: number): Promise<Run[]>
  /** Begins a step now. Throws `run_not_found`. */
  beginStep(organisation: string, id: string): Promise<Run>
}

/** Runs over the records of a platform. */
export function createRuns(records: RunRecords, rubrics: Rubrics): Runs {
  return {
    async create(settings, { organisation, idempotencyKey }) {
      await requireCriteria(settings, organisation, rubrics)
      const id = settings.name ?? (await newId(organisation, idempotencyKey))
      const run = await records.create(organisation, id, settings)
      requireSame(run, settings)
      return run
    },
    async read(organisation, id) {
      return (await records.read(organisation, id)) ?? refuse(id)
    },
    async list(organisation, before, limit) {
      const from = before === null ? null : ((await records.read(organisation, before)) ?? refuse(before))
      const place = from && { created: from.created, id: from.id }
      return records.list(organisation, { before: place, limit })
    },
    async beginStep(organisation, id) {
      return (await records.beginStep(organisation, id)) ?? refuse(id)
    },
  }
}

async function newId(organisation: string, idempotencyKey: string | null): Promise<string> {
  const content = idempotencyKey ?? crypto.randomUUID()
  return `run_${(await sha256(canonicalJson(['run', organisation, content]))).slice(0, 24)}`
}

/** A class that the run's own rubric has nothing for would be masked for ever. */
async function requireCriteria(
  { classes, rubric }: RunSettings,
  organisation: string,
  rubrics: Rubrics,
): Promise<void> {
  if (classes === null || rubric === null) return
  const { criteria } = await rubrics.resolve(organisation, rubric)
  const parts = classParts(classes, { by: 'rubric', criteria, reference: null }, false)
  const bare = Object.keys(classes).find((name) => !parts.has(name))
  if (bare === undefined) return
  const message = `The rubric has nothing to score class '${bare}' by: no criterion with one of its tags, or no points above 0.`
  throw new PlumblineError('invalid_request', message, { param: `classes.${bare}` })
}

function requireSame({ id, settings: made }: Run, asked: RunSettings): void {
  const [before, now] = [new Map(Object.entries(made)), new Map(Object.entries(asked))]
  const other = [...new Set([...before.keys(), ...now.keys()])].find(
    (field) => canonicalJson(before.get(field) ?? null) !== canonicalJson(now.get(field) ?? null),
  )
  if (other === undefined) return
  const message = `The run '${id}' is there with another ${other}, and settings stay as they are: use another name or Idempotency-Key.`
  throw new PlumblineError('invalid_request', message, { param: other })
}

function refuse(id: string): never {
  const message = `No run has the id '${id.slice(0, 64)}': make one with POST /v1/runs.`
  throw new PlumblineError('run_not_found', message)
}
