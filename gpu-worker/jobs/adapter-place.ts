import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FineTuningJob } from '../../shared/protocol/fine-tuning.ts'

/**
 * What an adapter of a job is called: at most 64 characters, of those that names of adapters are made of. `role` is
 * null where the job trains one alone, `step` for its end.
 */
export function adapterName(
  { id, suffix }: Pick<FineTuningJob, 'id' | 'suffix'>,
  role: string | null,
  step: number | null,
): string {
  const parts = [
    'ft',
    suffix,
    id.replace('ftjob-', '').slice(0, 12),
    role?.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 12),
    step === null ? null : `step${step}`,
  ]
  return parts.filter((part) => part).join('-')
}

/** Whether a folder holds an adapter, and no whole model. */
export function isAdapter(folder: string): boolean {
  return existsSync(join(folder, 'adapter_config.json'))
}

/** Puts an adapter into the folder of adapters under a name, without a second copy of its bytes. Gives its place. */
export function placeAdapter(folder: string, adapters: string, name: string): string {
  const place = join(adapters, name)
  const partial = `${place}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true, mode: 0o700 })
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) linkSync(join(folder, entry.name), join(partial, entry.name))
  }
  rmSync(place, { recursive: true, force: true })
  renameSync(partial, place)
  return place
}

export function removeAdapter(adapters: string, name: string): void {
  rmSync(join(adapters, name), { recursive: true, force: true })
}
