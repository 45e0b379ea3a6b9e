import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Models, parseModels } from '../models/model-config.ts'
import { type ApiKey, readApiKeys } from './api-keys.ts'
import { readServiceOrganisations } from './service-organisations.ts'

/** The value of a variable or secret by its name; undefined when it is unset or empty. */
export type Environment = (name: string) => string | undefined

export type Config = {
  models: Models
  keys: ApiKey[]
  /** Those whose jobs may spend the key that a worker has for its service. */
  serviceOrganisations: ReadonlySet<string>
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
  const keys = readApiKeys(environment('PLUMBLINE_API_KEYS') ?? '')
  return {
    models: parseModels({
      PLUMBLINE_MODELS: environment('PLUMBLINE_MODELS'),
      PLUMBLINE_DEFAULT_MODEL: environment('PLUMBLINE_DEFAULT_MODEL'),
      PLUMBLINE_MODEL_ALIASES: environment('PLUMBLINE_MODEL_ALIASES'),
    }),
    keys,
    serviceOrganisations: readServiceOrganisations(environment('PLUMBLINE_SERVICE_ORGANISATIONS'), keys),
    open: environment('PLUMBLINE_OPEN') === '1',
    loading: environment('PLUMBLINE_LOADING') === '1',
    secret,
    environment,
  }
}
