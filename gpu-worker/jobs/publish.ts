import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FineTuningJob, JobEvent } from '../../shared/protocol/fine-tuning.ts'
import type { Engine } from '../generate/engine.ts'
import type { ArmPairs } from '../server/arm-pairs.ts'
import { adapterName, isAdapter, placeAdapter } from './adapter-place.ts'
import type { HeldJob } from './held-job.ts'

/** Where adapters are kept, and the engine and pairs that serve them. */
export type AdapterHome = { engine: Engine; adapters: string; arms: ArmPairs }

/** What became of a job's adapters, to be said once it is over. */
export type Published = { models: Record<string, string>; said: Saying[] }
export type Saying = Pick<JobEvent, 'message' | 'level'>

/**
 * Puts what a job trained into the folder of adapters, under the job's name, and has the engine serve it when it's asked
 * for. Gives the names of the models by role. An adapter that can't be served can be loaded later, so that the job
 * succeeded nevertheless. Done again after it was broken off anywhere, it comes to the same.
 */
export async function publish(
  { state: { job } }: HeldJob,
  trained: Record<string, string>,
  home: AdapterHome,
): Promise<Published> {
  const models: Record<string, string> = {}
  const said: Saying[] = []
  const roles = Object.entries(trained)
  for (const [role, folder] of roles) {
    if (isAdapter(folder)) {
      const name = adapterName(job, roles.length > 1 ? role : null, null)
      models[role] = `${job.model}:${name}`
      said.push(await serve(name, placeAdapter(folder, home.adapters, name), home.engine))
    } else {
      said.push({
        level: 'info',
        message: `The ${role} was trained whole: start a worker with --model file:${folder}.`,
      })
    }
  }
  const pair = pairUp(job, models, home)
  return { models: { ...pair.models, ...models }, said: [...said, ...pair.said] }
}

/** Has the two roles of Rubric-ARM judge as one model; gives its name, nothing for other methods. */
function pairUp(
  job: FineTuningJob,
  models: Record<string, string>,
  { engine, arms }: AdapterHome,
): Published {
  const { method, model } = job
  const { judge, generator } = models
  if (method.type !== 'rubric_arm' || judge === undefined || generator === undefined) {
    return { models: {}, said: [] }
  }
  const { form } = method.rubric_arm.hyperparameters
  const name = adapterName(job, null, null)
  const adapter = (id: string) => id.slice(model.length + 1)
  const paired = { rubric_arm: `${model}:${name}` }
  try {
    arms.put({ name, form, judge: adapter(judge), generator: adapter(generator) }, engine)
    return { models: paired, said: [] }
  } catch (error) {
    const message = `The generator and the judge are not served together yet: ${reasonOf(error)}`
    return { models: paired, said: [{ level: 'warn', message }] }
  }
}

/** Has the engine serve what all jobs trained, after a start. What can't be served is said in the job's events. */
export async function serveAgain(jobs: readonly HeldJob[], home: AdapterHome): Promise<void> {
  const { engine, adapters } = home
  const { id } = engine.model
  for (const held of jobs) {
    const { job } = held.state
    if (job.status !== 'succeeded' || job.model !== id) continue
    const names = Object.values(job.fine_tuned_models).map((model) => model.slice(id.length + 1))
    const said: Saying[] = []
    for (const name of names) {
      const folder = join(adapters, name)
      if (existsSync(folder)) said.push(await serve(name, folder, engine))
    }
    said.push(...pairUp(job, job.fine_tuned_models, home).said)
    for (const { message, level } of said) if (level === 'warn') held.say(message, level)
  }
}

async function serve(name: string, folder: string, engine: Engine): Promise<Saying> {
  try {
    await engine.offerAdapter(name, folder)
    return { level: 'info', message: `Served as '${engine.model.id}:${name}'.` }
  } catch (error) {
    const message = `The adapter is kept as '${name}' and is not served yet: ${reasonOf(error)} POST /v1/adapters loads it.`
    return { level: 'warn', message }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
