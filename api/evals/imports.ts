import { type ImportReply, type ImportRequest, importRequest } from '../../shared/evals/imported.ts'
import type { OutputItem } from '../../shared/evals/output-item.ts'
import { isRunning } from '../../shared/evals/run.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'

/** Evals, runs and output items that were exported elsewhere, taken over as they are. */
export type Imports = {
  /**
   * Nothing is graded again. Ids are made of the ones before, so that an import is repeated or gone on with without
   * harm. Throws `invalid_request`, and `eval_not_found` or `eval_run_not_found` for what belongs to nothing known.
   */
  take(organisation: string, body: unknown): Promise<ImportReply>
}

export function createImports({ evals: records }: Pick<Platform, 'evals'>): Imports {
  async function takeEvals(organisation: string, { evals }: ImportRequest) {
    const ids: Record<string, string> = {}
    for (const one of evals) {
      const id = await newIdOf('eval', organisation, one.id)
      await records.keepEval(organisation, { ...one, id, imported_from: one.id })
      ids[one.id] = id
    }
    return ids
  }

  async function takeRuns(organisation: string, { runs }: ImportRequest) {
    const ids: Record<string, string> = {}
    for (const one of runs) {
      const [id, eval_id] = [
        await newIdOf('evalrun', organisation, one.id),
        await newIdOf('eval', organisation, one.eval_id),
      ]
      if ((await records.eval(organisation, eval_id)) === null) {
        const message = `The run '${one.id}' belongs to the eval '${one.eval_id}': import that before it, or with it.`
        throw new PlumblineError('eval_not_found', message)
      }
      // What was under way when it was exported will not come to its end here.
      const status = isRunning(one) ? 'canceled' : one.status
      await records.keepRun(organisation, { ...one, id, eval_id, status, imported_from: one.id })
      ids[one.id] = id
    }
    return ids
  }

  async function takeItems(organisation: string, { output_items }: ImportRequest) {
    for (const [runId, items] of Map.groupBy(output_items, ({ run_id }) => run_id)) {
      const run_id = await newIdOf('evalrun', organisation, runId)
      const eval_id = await newIdOf('eval', organisation, items[0]?.eval_id ?? '')
      if ((await records.run(organisation, eval_id, run_id)) === null) {
        const message = `Output items belong to the run '${runId}': import that before them, or with them.`
        throw new PlumblineError('eval_run_not_found', message)
      }
      const taken: OutputItem[] = []
      for (const one of items) {
        const id = await newIdOf('outputitem', organisation, one.id)
        taken.push({ ...one, id, run_id, eval_id, imported_from: one.id })
      }
      for (let from = 0; from < taken.length; from += LIMITS.evalRowsKept) {
        await records.keepItems(organisation, run_id, taken.slice(from, from + LIMITS.evalRowsKept))
      }
    }
    return output_items.length
  }

  return {
    async take(organisation, body) {
      const request = parseWith(importRequest, body)
      const evals = await takeEvals(organisation, request)
      const runs = await takeRuns(organisation, request)
      return { object: 'eval.import', evals, runs, output_items: await takeItems(organisation, request) }
    },
  }
}

async function newIdOf(
  prefix: 'eval' | 'evalrun' | 'outputitem',
  organisation: string,
  id: string,
): Promise<string> {
  const digest = await sha256(JSON.stringify(['imported', organisation, prefix, id]))
  return `${prefix}_${digest.slice(0, 32)}`
}
