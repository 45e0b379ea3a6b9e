import { readCriterion } from '../../shared/evals/criterion.ts'
import { type Eval, itemSchemaOf } from '../../shared/evals/eval.ts'
import type { OutputItem } from '../../shared/evals/output-item.ts'
import { readRows, requireRows } from '../../shared/evals/rows.ts'
import { type CreateRun, type EvalRun, isRunning, type Row } from '../../shared/evals/run.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Payer, requireModels } from '../grading/surroundings.ts'
import { findEntry } from '../models/model-config.ts'
import type { ItemsAsked } from '../platform/evals/port.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import type { Files } from '../training/files.ts'
import { requireOwnModel } from '../training/own-model.ts'
import { type Evals, newId } from './evals.ts'

/** The runs of evals, and what came of their rows. */
export type EvalRuns = {
  /** Keeps the rows and begins to grade them. Throws `invalid_request` for rows that don't fit the eval. */
  create(payer: Payer, evalId: string, request: CreateRun): Promise<EvalRun>
  /** As it stands now; one that a process left unfinished is gone on with. Throws `eval_run_not_found`. */
  read(organisation: string, evalId: string, id: string): Promise<EvalRun>
  /** Oldest first. */
  list(organisation: string, evalId: string): Promise<EvalRun[]>
  cancel(organisation: string, evalId: string, id: string): Promise<EvalRun>
  delete(organisation: string, evalId: string, id: string): Promise<void>
  /** Throws `output_item_not_found`. */
  item(organisation: string, evalId: string, id: string, item: string): Promise<OutputItem>
  items(
    organisation: string,
    evalId: string,
    id: string,
    ask: Omit<ItemsAsked, 'after'> & { after: string | undefined },
  ): Promise<OutputItem[]>
}

export function createEvalRuns(
  platform: Pick<Platform, 'evals' | 'config' | 'training' | 'now'>,
  evals: Evals,
  files: Files,
): EvalRuns {
  const records = platform.evals

  async function require(organisation: string, evalId: string, id: string): Promise<EvalRun> {
    await evals.require(organisation, evalId)
    const run = await records.run(organisation, evalId, id)
    if (run) return run
    throw noRun(evalId, id)
  }

  async function rowsOf(organisation: string, { source }: CreateRun['data_source']): Promise<Row[]> {
    if (source.type === 'file_content') return source.content
    return readRows(await (await files.content(organisation, source.id)).text())
  }

  async function requireItem(organisation: string, run: string, id: string): Promise<OutputItem> {
    const item = await records.item(organisation, run, id)
    if (item) return item
    const message = `The run '${run}' has no output item '${id.slice(0, 64)}'.`
    throw new PlumblineError('output_item_not_found', message)
  }

  return {
    async create({ organisation, apiKey }, evalId, { name, data_source, metadata }) {
      const made = await evals.require(organisation, evalId)
      const criteria = made.testing_criteria.map(readCriterion)
      const graders = criteria.map(({ grader }) => grader)
      await requireModels(platform, organisation, graders)
      const model = (data_source.type !== 'jsonl' && data_source.model) || null
      if (model !== null) {
        findEntry(platform.config.models, model)
        await requireOwnModel(platform, organisation, model)
      }
      const rows = await rowsOf(organisation, data_source)
      await requireRows(rows, itemSchemaOf(made))
      const run = newRun(made, {
        name: name ?? '',
        model,
        dataSource: data_source,
        rows: rows.length,
        labels: criteria.map(({ label }) => label),
        metadata: metadata ?? {},
        seconds: Math.floor(platform.now() / 1000),
      })
      await records.announceRun(organisation, run, apiKey)
      for (let from = 0; from < rows.length; from += LIMITS.evalRowsKept) {
        await records.keepRows(organisation, run.id, from, rows.slice(from, from + LIMITS.evalRowsKept))
      }
      if (!(await records.openRun(organisation, run.id))) throw noRun(evalId, run.id)
      await records.work(organisation, evalId, run.id)
      return run
    },

    async read(organisation, evalId, id) {
      const run = await require(organisation, evalId, id)
      if (isRunning(run)) await records.work(organisation, evalId, id)
      return run
    },

    async list(organisation, evalId) {
      await evals.require(organisation, evalId)
      return records.runs(organisation, evalId)
    },

    async cancel(organisation, evalId, id) {
      await require(organisation, evalId, id)
      const run = await records.endRun(organisation, evalId, id, { status: 'canceled', error: null })
      return run ?? (await require(organisation, evalId, id))
    },

    async delete(organisation, evalId, id) {
      await require(organisation, evalId, id)
      await records.deleteRun(organisation, evalId, id)
    },

    async item(organisation, evalId, id, item) {
      await require(organisation, evalId, id)
      return requireItem(organisation, id, item)
    },

    async items(organisation, evalId, id, { after, ...ask }) {
      const run = await require(organisation, evalId, id)
      if (isRunning(run)) await records.work(organisation, evalId, id)
      if (after !== undefined) await requireItem(organisation, id, after)
      return records.items(organisation, id, { ...ask, after: after ?? null })
    },
  }
}

type NewRun = {
  name: string
  model: string | null
  dataSource: CreateRun['data_source']
  rows: number
  labels: string[]
  metadata: Record<string, string>
  seconds: number
}

function newRun(
  { id: eval_id }: Eval,
  { name, model, dataSource, rows, labels, metadata, seconds }: NewRun,
): EvalRun {
  const { source } = dataSource
  // The rows are kept by themselves: a run is read often, and they are in its items.
  const shown = source.type === 'file_id' ? source : { type: source.type, content: [] }
  return {
    object: 'eval.run',
    id: newId('evalrun'),
    eval_id,
    name,
    created_at: seconds,
    status: 'queued',
    model,
    data_source: { ...dataSource, source: shown },
    error: null,
    metadata,
    report_url: null,
    result_counts: { total: rows, passed: 0, failed: 0, errored: 0 },
    per_testing_criteria_results: labels.map((testing_criteria) => ({
      testing_criteria,
      passed: 0,
      failed: 0,
      errored: 0,
    })),
    per_model_usage: [],
  }
}

function noRun(evalId: string, id: string): PlumblineError {
  const message = `There is no run '${id.slice(0, 64)}': GET /v1/evals/${evalId}/runs lists them.`
  return new PlumblineError('eval_run_not_found', message)
}
