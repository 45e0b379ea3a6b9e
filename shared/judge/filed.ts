import type { Evidence } from './evidence.ts'

/** Evidence as it lies in the record. */
export type Filed = {
  /** `jdg_…` without a view. */
  id: string
  /** Unix time, seconds. */
  created: number
  /** The id of the model entry, or null when no model was needed. */
  model: string | null
  evidence: Evidence
}
