import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Method, serviceParam } from '../../shared/protocol/training/methods.ts'
import type { Config } from '../platform/config.ts'

/**
 * Lets a job call the service of its worker's PLUMBLINE_URL, which is paid by the worker's own key whoever made the job,
 * only for organisations that may spend it. Without API keys there is one caller, who may. Throws `forbidden`.
 */
export function requireWorkerKey(
  { keys, serviceOrganisations }: Pick<Config, 'keys' | 'serviceOrganisations'>,
  organisation: string,
  method: Method,
): void {
  const param = serviceParam(method)
  if (param === null || keys.length === 0 || serviceOrganisations.has(organisation)) return
  const message = `'${param}' spends the worker's own key, which '${organisation}' may not: leave it out, or have the operator add '${organisation}' to PLUMBLINE_SERVICE_ORGANISATIONS.`
  throw new PlumblineError('forbidden', message, { param: `method.${method.type}.hyperparameters.${param}` })
}
