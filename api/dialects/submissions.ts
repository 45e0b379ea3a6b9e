import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import type { Platform } from '../platform/platform.ts'
import type { Sample } from './sample.ts'
import type { DialectSettings } from './settings.ts'

/** What one call submits: a sample, and how its URL says that it is rewarded. */
export type Submitted = { sample: Sample; settings: DialectSettings; run: string | null }

/** Samples that are submitted in one call and collected in others. */
export type Submissions = {
  /** Gives the id to collect it by: the same for the same content, so that a repeated submission is none. */
  submit(organisation: string, submitted: Submitted): Promise<string>
  /** Null where there is none, or no more. `submitted` is of the first such call, Unix time in milliseconds. */
  find(organisation: string, id: string): Promise<(Submitted & { created: number }) | null>
}

export function createSubmissions({ submissions, now }: Pick<Platform, 'submissions' | 'now'>): Submissions {
  return {
    async submit(organisation, submitted) {
      const content = canonicalJson(submitted)
      const id = `sub_${(await sha256(content)).slice(0, 32)}`
      await submissions.keep(organisation, id, { created: now(), content })
      return id
    },
    async find(organisation, id) {
      const kept = await submissions.find(organisation, id)
      if (kept === null) return null
      const submitted: Submitted = JSON.parse(kept.content)
      return { ...submitted, created: kept.created }
    },
  }
}
