import { PlumblineError } from '../../shared/protocol/error.ts'

/** One entry of `PLUMBLINE_API_KEYS`: whose key it is and the SHA-256 of the key, never the key. */
export type ApiKey = {
  /** Names the key in records and usage: the first digits of its hash. */
  id: string
  organisation: string
  digest: string
}

const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-f]{64})$/

/** Reads `organisation:sha256hex` entries, separated by commas. Throws `not_configured` naming the wrong one. */
export function readApiKeys(value: string): ApiKey[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry, index) => {
      const [, organisation, digest] = ENTRY.exec(entry) ?? []
      if (organisation === undefined || digest === undefined) {
        throw new PlumblineError(
          'not_configured',
          `Entry ${index + 1} of PLUMBLINE_API_KEYS is not 'organisation:sha256': 'plumbline keys create' prints one.`,
        )
      }
      return { id: `key_${digest.slice(0, 12)}`, organisation, digest }
    })
}
