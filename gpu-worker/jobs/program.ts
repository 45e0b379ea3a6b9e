import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { settingsOf } from '../../shared/protocol/training/methods.ts'
import { openSandbox } from '../sandbox/sandbox.ts'
import { adapterFolder } from '../server/adapter-folder.ts'
import { checkpointFolders } from '../train/checkpoint/training-checkpoint.ts'
import { type GroundOptions, openGround } from '../train/ground.ts'
import type { TrainingMethod } from '../train/method.ts'
import { runTraining } from '../train/run/run-training.ts'
import { sha256OfFile } from '../weights/digest.ts'
import { nothingLearnt } from './nothing-learnt.ts'
import { openMethod } from './open-method.ts'
import { surroundingsOf } from './surroundings.ts'
import type { TrainingEnd, TrainingNews, TrainingOrder, TrainingProgram, TrainingWishes } from './training.ts'

/** What jobs of a worker have in common. */
export type ProgramSettings = {
  ground: GroundOptions
  /** The folder of adapters. */
  adapters: string
  /** Where a job's judge may be that is not the worker's own; null where none is configured. */
  service: { url: string; key: string | null } | null
  /** That programs of responses run in. */
  python: string | undefined
}

/** Trains a job's method on the worker's model, opened anew for it. */
export function openProgram(settings: ProgramSettings): TrainingProgram {
  return async (order, tell, wishes) => {
    const ground = await openGround(settings.ground, () => {}, wishes.cancel)
    try {
      const { service, adapters, python } = settings
      const { method, leftOut } = await openMethod(order, {
        ground,
        service: service && { ...service, fetch, wait: (ms) => sleep(ms) },
        sandbox: await openSandbox(python),
        adapterFolder: (name) => adapterFolder(adapters, name),
        run: { tell, ...wishes },
      })
      tell({ kind: 'message', level: 'info', text: surroundingsOf(settings.ground, order.method) })
      for (const text of leftOut) tell({ kind: 'message', level: 'warn', text })
      try {
        return await train(order, method, { tell, ...wishes, model: ground.info.digest })
      } finally {
        for (const trainer of method.roles.values()) trainer.dispose()
      }
    } catch (error) {
      // What a method does before its first step ends with a pause's own reason.
      if (wishes.pause.aborted && error === wishes.pause.reason) return { kind: 'paused' }
      throw error
    } finally {
      await ground.dispose()
    }
  }
}

type Run = TrainingWishes & { tell(news: TrainingNews): void; model: string }

async function train(order: TrainingOrder, method: TrainingMethod, run: Run): Promise<TrainingEnd> {
  const { tell, pause, cancel } = run
  const steps = () => (Number.isFinite(method.total) ? method.total : null)
  // A kill in the first checkpoint leaves a part of one, which is none.
  if (checkpointFolders(join(order.folder, 'checkpoints')).length === 0)
    tell({ kind: 'begun', step: 0, steps: steps(), tokens: 0 })
  const { checkpoint_every, keep_checkpoints } = settingsOf(order.method)
  const result = await runTraining({
    ...{ folder: order.folder, method, pause, cancel },
    config: JSON.parse(JSON.stringify(order.method)),
    trainedOn: await digestsOf(order, run.model),
    checkpointEvery: checkpoint_every,
    keepCheckpoints: keep_checkpoints,
    onEvent(event) {
      if (event.kind === 'resumed') {
        for (const text of event.refused) tell({ kind: 'message', level: 'warn', text })
        const tokens = tokensUpTo(event.step, order.folder)
        tell({ kind: 'begun', step: event.step, steps: steps(), tokens })
      } else if (event.kind === 'step') {
        const { report } = event
        tell({ kind: 'step', report, steps: steps(), tokens: report.metrics.tokens ?? 0 })
        for (const text of report.notes ?? []) tell({ kind: 'message', level: 'info', text })
      } else {
        const roles = Array.from(method.roles.keys(), (role) => [role, join(event.folder, role)])
        tell({ kind: 'checkpoint', step: event.step, adapters: Object.fromEntries(roles) })
      }
    },
  })
  if (result.outcome !== 'finished') return { kind: result.outcome }
  for (const text of nothingLearnt(order.folder, method.roles)) {
    tell({ kind: 'message', level: 'warn', text })
  }
  return { kind: 'finished', adapters: Object.fromEntries(result.adapters) }
}

/** What a run was trained on by the end of a step, as its metrics have it; lines behind are of steps to be made again. */
function tokensUpTo(step: number, folder: string): number {
  const path = join(folder, 'metrics.jsonl')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.reduce((sum, line) => {
    const report = measuredTokens.safeParse(jsonOrNull(line))
    return report.success && report.data.step <= step ? sum + (report.data.metrics.tokens ?? 0) : sum
  }, 0)
}

const measuredTokens = z.object({ step: z.int(), metrics: z.object({ tokens: z.number().nullish() }) })

async function digestsOf(
  { folder, validation }: TrainingOrder,
  model: string,
): Promise<Record<string, string>> {
  const names = ['training', ...(validation ? ['validation'] : [])]
  const files = names.map(async (name) => [name, await sha256OfFile(join(folder, `${name}.jsonl`))])
  return { model, ...Object.fromEntries(await Promise.all(files)) }
}
