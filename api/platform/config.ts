import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Models, parseModels } from '../models/model-config.ts'
import { type ApiKey, readApiKeys } from './api-keys.ts'

/** The value of a variable or secret by its name; undefined when it is unset or empty. */
export type Environment = (name: string) => string | undefined

export type Config = {
  models: Models
  keys: ApiKey[]
  /** Without keys: answer whoever calls over the loopback. Only `plumbline start` sets it. */
  open: boolean
  /** The model is on its way, and this very process ends when it comes. Only `plumbline start` sets it. */
  loading: boolean
  /** HMAC key of the fences around candidate text. */
  secret: string
  environment: Environment
}

/** Reads the configuration. Throws `not_configured` with a sentence that names the wrong variable. */
export function readConfig(environment: Environment): Config {
  const secret = environment('PLUMBLINE_SECRET')
  if (secret === undefined) {
    throw new PlumblineError(
      'not_configured',
      'PLUMBLINE_SECRET is not set: give edge and workers one long random value, for example with `wrangler secret put PLUMBLINE_SECRET`.',
    )
  }
  return {
    models: parseModels({
      PLUMBLINE_MODELS: environment('PLUMBLINE_MODELS'),
      PLUMBLINE_DEFAULT_MODEL: environment('PLUMBLINE_DEFAULT_MODEL'),
      PLUMBLINE_MODEL_ALIASES: environment('PLUMBLINE_MODEL_ALIASES'),
    }),
    keys: readApiKeys(environment('PLUMBLINE_API_KEYS') ?? ''),
    open: environment('PLUMBLINE_OPEN') === '1',
    loading: environment('PLUMBLINE_LOADING') === '1',
    secret,
    environment,
  }
}
