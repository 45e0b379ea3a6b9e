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
  const { hyperparameters, ...rest } = body
  const { method = { type: 'supervised' } } = body
  if (!isFields(method)) return parseWith(createJobRequest, rest)
  const type = String(method.type)
  if (hyperparameters !== undefined && (type !== 'supervised' || 'supervised' in method)) {
    const message = `'hyperparameters' stand in 'method.${type}': move them there.`
    throw new PlumblineError('unknown_field', message, { param: 'hyperparameters' })
  }
  const given = method[type] ?? (hyperparameters === undefined ? {} : { hyperparameters })
  const own = isFields(given)
    ? { ...given, hyperparameters: fromOpenai(given.hyperparameters, body.seed) }
    : given
  return parseWith(createJobRequest, { ...rest, method: { ...method, [type]: own } })
}

/** Hyperparameters by our names, with the seed of the job. Throws where one is said twice. */
function fromOpenai(given: unknown = {}, seed: unknown): unknown {
  if (!isFields(given)) return given
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== 'auto'))
  const { n_epochs, learning_rate_multiplier, ...own } = said
  const twice = (theirs: string, ours: string) => {
    if (said[ours] === undefined) return
    const message = `'${theirs}' says what '${ours}' says: send one of them.`
    throw new PlumblineError('invalid_request', message, { param: theirs })
  }
  if (n_epochs !== undefined) {
    twice('n_epochs', 'epochs')
    own.epochs = n_epochs
  }
  if (learning_rate_multiplier !== undefined) {
    twice('learning_rate_multiplier', 'optimiser')
    own.optimiser = { learning_rate: scaled(learning_rate_multiplier) }
  }
  if (typeof seed === 'number') own.seed = seed
  return own
}

/** Our own learning rate so many times; what is no number is left for the schema to refuse. */
function scaled(factor: unknown): unknown {
  return typeof factor === 'number' ? factor * optimiserSettings.parse({}).learning_rate : factor
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
