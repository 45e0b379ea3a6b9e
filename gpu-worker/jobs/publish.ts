import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ArmPairs } from '../server/arm-pairs.ts'
import type { EngineSlot } from '../server/engine-slot.ts'
import { adapterName, isAdapter, placeAdapter } from './adapter-place.ts'
import type { HeldJob } from './held-job.ts'

/** Jobs whose adapters are served again after a start: an engine holds few. */
const SERVED_AGAIN = 4

/** Where adapters are kept, and the engine and pairs that serve them. */
export type AdapterHome = { slot: EngineSlot; adapters: string; arms: ArmPairs }

/**
 * Puts what a job trained into the folder of adapters, under the job's name, and has the engine serve it. Gives the
 * names of the models by role. An adapter that can't be served now can be loaded later, so that the job succeeded
 * nevertheless; its events say so.
 */
export async function publish(
  job: HeldJob,
  trained: Record<string, string>,
  home: AdapterHome,
): Promise<Record<string, string>> {
  const models: Record<string, string> = {}
  const roles = Object.entries(trained)
  for (const [role, folder] of roles) {
    if (isAdapter(folder)) {
      const name = adapterName(job.state.job, roles.length > 1 ? role : null, null)
      models[role] = `${job.state.job.model}:${name}`
      await serve(job, name, placeAdapter(folder, home.adapters, name), home.slot)
    } else {
      job.say(`The ${role} was trained whole: start a worker with --model file:${folder}.`)
    }
  }
  return { ...pairUp(job, models, home), ...models }
}

/** Has the two roles of Rubric-ARM judge as one model; gives its name, nothing for other methods. */
function pairUp(
  { state: { job }, say }: HeldJob,
  models: Record<string, string>,
  { slot, arms }: AdapterHome,
): Record<string, string> {
  const { method, model } = job
  const { judge, generator } = models
  if (method.type !== 'rubric_arm' || judge === undefined || generator === undefined) return {}
  const { form } = method.rubric_arm.hyperparameters
  const name = adapterName(job, null, null)
  const adapter = (id: string) => id.slice(model.length + 1)
  try {
    arms.put({ name, form, judge: adapter(judge), generator: adapter(generator) }, slot.engine())
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say(`The generator and the judge are not served together yet: ${why}`, 'warn')
  }
  return { rubric_arm: `${model}:${name}` }
}

/** Has the engine serve what the last jobs trained, after a start. */
export async function serveAgain(jobs: readonly HeldJob[], home: AdapterHome): Promise<void> {
  const { slot, adapters } = home
  const { id } = slot.engine().model
  const done = jobs.filter(({ state: { job } }) => job.status === 'succeeded' && job.model === id)
  for (const job of done.slice(0, SERVED_AGAIN)) {
    for (const model of Object.values(job.state.job.fine_tuned_models)) {
      const name = model.slice(id.length + 1)
      const folder = join(adapters, name)
      if (existsSync(folder)) await serve(job, name, folder, slot)
    }
    pairUp(job, job.state.job.fine_tuned_models, home)
  }
}

async function serve(job: HeldJob, name: string, folder: string, slot: EngineSlot): Promise<void> {
  try {
    const engine = slot.engine()
    if (engine.adapters.some((adapter) => adapter.name === name)) return
    await engine.loadAdapter(name, folder)
    job.say(`Served as '${engine.model.id}:${name}'.`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const sentence = `The adapter is kept as '${name}' and is not served yet: ${why}`
    job.say(`${sentence} POST /v1/adapters loads it.`, 'warn')
  }
}
