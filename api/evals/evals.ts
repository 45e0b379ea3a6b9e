import { requireCriteria } from '../../shared/evals/criterion.ts'
import { type CreateEval, type Eval, shownConfig, type UpdateEval } from '../../shared/evals/eval.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { requireModels } from '../grading/surroundings.ts'
import type { Platform } from '../platform/platform.ts'

/** The evals of organisations: which graders, over which data. */
export type Evals = {
  /** Throws `invalid_request` for graders that could never run, and `model_not_found`. */
  create(organisation: string, request: CreateEval): Promise<Eval>
  /** Throws `eval_not_found`. */
  require(organisation: string, id: string): Promise<Eval>
  /** Oldest first. */
  list(organisation: string): Promise<Eval[]>
  update(organisation: string, id: string, change: UpdateEval): Promise<Eval>
  /** With its runs and all that is theirs. */
  delete(organisation: string, id: string): Promise<void>
}

export function createEvals(platform: Pick<Platform, 'evals' | 'config' | 'training' | 'now'>): Evals {
  const records = platform.evals

  async function require(organisation: string, id: string): Promise<Eval> {
    const made = await records.eval(organisation, id)
    if (made) return made
    throw noEval(id)
  }

  return {
    require,
    list: (organisation) => records.evals(organisation),

    async create(organisation, { name, data_source_config, testing_criteria, metadata }) {
      const criteria = requireCriteria(testing_criteria)
      const graders = criteria.map(({ grader }) => grader)
      await requireModels(platform, organisation, graders)
      const made: Eval = {
        object: 'eval',
        id: newId('eval'),
        name: name ?? '',
        created_at: Math.floor(platform.now() / 1000),
        data_source_config: shownConfig(data_source_config),
        testing_criteria,
        metadata: metadata ?? {},
      }
      await records.keepEval(organisation, made)
      return made
    },

    async update(organisation, id, { name, metadata }) {
      const before = await require(organisation, id)
      const made = { ...before, ...(name !== undefined && { name }), ...(metadata != null && { metadata }) }
      await records.keepEval(organisation, made)
      return made
    },

    async delete(organisation, id) {
      if (!(await records.deleteEval(organisation, id))) throw noEval(id)
    },
  }
}

function noEval(id: string): PlumblineError {
  const message = `There is no eval '${id.slice(0, 64)}': GET /v1/evals lists them.`
  return new PlumblineError('eval_not_found', message)
}

/** An id of OpenAI's form that nobody has had. */
export function newId(prefix: 'eval' | 'evalrun'): string {
  return `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`
}
