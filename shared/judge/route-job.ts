import type { Route } from '../protocol/judgment.ts'
import type { MetaRubric } from '../protocol/rubric.ts'
import { nameOf } from '../rubric/name.ts'
import { routeDomain } from '../rubric/route.ts'
import type { RubricContext } from '../rubric/task.ts'
import { type JudgeContext, stage } from './context.ts'
import type { Evidence } from './evidence.ts'
import type { Job } from './job.ts'

/** The job once its meta-rubric is settled; `found` says so where the model chose it. */
export async function routedJob<J extends Job>(
  job: J,
  found: Pick<Evidence, 'route'>,
  context: JudgeContext,
): Promise<J> {
  const { among } = job
  if (!among) return job
  const { routed, route } = await stage('route', context, (inner) => routeJob(job, among, inner))
  found.route = route
  return routed
}

/** The job with the meta-rubric among `among` that the model routes its prompt to, and the route. */
async function routeJob<J extends Job>(
  job: J,
  among: MetaRubric[],
  context: RubricContext,
): Promise<{ routed: J; route: Route }> {
  const route = await routeDomain(job.prompt, among, context)
  const taken = among.find((meta) => nameOf(meta) === route.meta_rubric)
  if (!taken) throw new Error(`The route leads to ${route.meta_rubric}, which was not to be chosen from.`)
  return { routed: { ...job, meta_rubric: taken }, route }
}
