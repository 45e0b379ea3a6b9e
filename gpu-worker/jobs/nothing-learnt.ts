import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import type { Trainer } from '../train/trainer.ts'

const measuredGroups = z.object({ metrics: z.record(z.string(), z.unknown()) })

/**
 * What whoever gave a finished run its data is to be warned of: that no reward moved it. An update may still have been made
 * then, which holds a role to its reference.
 */
export function nothingLearnt(folder: string, roles: ReadonlyMap<string, Trainer>): string[] {
  const shares = shareOfUsedGroups(join(folder, 'metrics.jsonl'))
  const seen = 'as groups_no_variance and what was left out show.'
  if (shares.length > 0 && shares.every((share) => share === 0)) {
    return [`Nothing was learnt: no group of completions differed in reward, ${seen}`]
  }
  return [...roles].flatMap(([role, { updates }]) =>
    updates > 0 ? [] : [`The ${role} was never updated, so it is as it began, ${seen}`],
  )
}

/** Of each step and role that had groups at all. */
function shareOfUsedGroups(path: string): number[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.flatMap((line) => {
    const { metrics = {} } = measuredGroups.safeParse(jsonOrNull(line)).data ?? {}
    return Object.entries(metrics).flatMap(([name, value]) =>
      name.endsWith('groups_used') && typeof value === 'number' ? [value] : [],
    )
  })
}
