import { PlumblineError } from './error.ts'
import { type CreateJobRequest, createJobRequest } from './fine-tuning.ts'
import { parseWith } from './parse.ts'
import { optimiserSettings } from './training/training.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A body that asks for a job. What OpenAI's clients write is understood: hyperparameters beside the method for a
 * supervised job, `n_epochs`, `learning_rate_multiplier` (of our default), and "auto", which is the default. Throws an
 * error that names the field.
 */
export function parseCreateJob(body: unknown): CreateJobRequest {
  if (!isFields(body)) return parseWith(createJobRequest, body)
  const { hyperparameters, method = { type: 'supervised' }, ...rest } = body
  if (!isFields(method)) return parseWith(createJobRequest, { ...rest, method })
  const type = String(method.type)
  if (hyperparameters !== undefined && (type !== 'supervised' || 'supervised' in method)) {
    throw new PlumblineError(
      'unknown_field',
      `'hyperparameters' stand in 'method.${type}': move them there.`,
      { param: 'hyperparameters' },
    )
  }
  const given = hyperparameters === undefined ? method[type] : { hyperparameters }
  const settings = isFields(given) && isFields(given.hyperparameters) ? given.hyperparameters : null
  const own = settings ? { ...(isFields(given) && given), hyperparameters: fromOpenai(settings) } : given
  return parseWith(createJobRequest, {
    ...rest,
    method: own === undefined ? method : { ...method, [type]: own },
  })
}

/** Hyperparameters by our names. Throws where one is said twice. */
function fromOpenai(given: Fields): Fields {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== 'auto'))
  const { n_epochs, learning_rate_multiplier: factor, ...own } = said
  if (n_epochs !== undefined && own.epochs !== undefined) throw saidTwice('n_epochs', 'epochs')
  if (factor === undefined) return { ...own, ...(n_epochs !== undefined && { epochs: n_epochs }) }
  if (own.optimiser !== undefined) throw saidTwice('learning_rate_multiplier', 'optimiser')
  const { learning_rate } = optimiserSettings.parse({})
  const scaled = typeof factor === 'number' ? factor * learning_rate : factor
  return {
    ...own,
    ...(n_epochs !== undefined && { epochs: n_epochs }),
    optimiser: { learning_rate: scaled },
  }
}

function saidTwice(theirs: string, ours: string): PlumblineError {
  return new PlumblineError('invalid_request', `'${theirs}' says what '${ours}' says: send one of them.`, {
    param: theirs,
  })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
