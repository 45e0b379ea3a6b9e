import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ApiKey } from './api-keys.ts'

/**
 * Reads `PLUMBLINE_SERVICE_ORGANISATIONS`, names separated by commas: the organisations whose jobs may spend the key that
 * a worker has for its service. Unset, it is the one organisation that has API keys, and nobody where several do. Throws
 * `not_configured` naming an organisation without a key.
 */
export function readServiceOrganisations(
  value: string | undefined,
  keys: readonly ApiKey[],
): ReadonlySet<string> {
  const known = new Set(keys.map(({ organisation }) => organisation))
  if (value === undefined) return known.size === 1 ? known : new Set()
  const named = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = named.find((name) => !known.has(name))
  if (unknown === undefined) return new Set(named)
  throw new PlumblineError(
    'not_configured',
    `PLUMBLINE_SERVICE_ORGANISATIONS names '${unknown.slice(0, 64)}', which has no key in PLUMBLINE_API_KEYS: name organisations that have one.`,
  )
}
