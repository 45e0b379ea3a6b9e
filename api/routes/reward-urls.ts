import { Hono, type MiddlewareHandler } from 'hono'
import { insist } from '../dialects/insist.ts'
import { scoreSamples } from '../dialects/score-samples.ts'
import { type ScorerOf, serveDialect } from '../dialects/serve-dialect.ts'
import { serveGuessed } from '../dialects/serve-guessed.ts'
import type { MetaRubrics } from '../governance/meta-rubrics.ts'
import type { Rewards } from '../judging/rewards.ts'
import type { Rubrics } from '../judging/rubrics.ts'
import { deadline } from '../middleware/deadline.ts'
import type { Edge } from '../middleware/edge.ts'
import { limitBody } from '../middleware/limit.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import { createRunScorer } from '../runs/score-on-run.ts'
import { refuseOutsideRun } from '../runs/way.ts'
import { DIALECTS, ON_RUNS } from './dialects.ts'
import { GUESSED, smallerBatch } from './guessed.ts'
import { MODEL_PATHS } from './inference/beside.ts'
import { modelRoutes } from './openai/models.ts'
import { NEMO_GYM_PATHS, nemoGymRoutes } from './rlhf/nemo-gym-session.ts'
import { rollRoutes } from './rlhf/roll.ts'

/** A trainer's batch may be larger than any other body. */
export const limitBatch = limitBody(LIMITS.dialectBodyBytes, smallerBatch)

type Judging = { rewards: Rewards; rubrics: Rubrics; metaRubrics: MetaRubrics }

/** Every URL that a client of someone else's calls for rewards. `known` finds out who calls, before anything else. */
export function rewardUrls(platform: Platform, judging: Judging, known: readonly MiddlewareHandler<Edge>[]) {
  const app = new Hono<Edge>()
  const guards = [...known, limitBatch, deadline]
  const scorerOf = createScorer(platform, judging)
  for (const path of ['/rlhf/*', '/inference/*', '/runs/*', ...NEMO_GYM_PATHS]) {
    for (const guard of guards) app.use(path, guard)
  }
  for (const path of MODEL_PATHS) app.route(path, modelRoutes(platform))
  for (const base of ['/', '/rlhf/nemo-gym']) app.route(base, nemoGymRoutes())
  for (const base of ['', '/runs/:run']) app.route(`${base}/rlhf/roll`, rollRoutes(platform, scorerOf))
  for (const [path, dialect] of Object.entries(DIALECTS)) app.route(path, serveDialect(dialect, scorerOf))
  for (const [path, dialect] of Object.entries(ON_RUNS)) {
    app.route(`/runs/:run/${path}`, serveDialect(dialect, scorerOf))
  }
  for (const [path, dialects] of Object.entries(GUESSED)) {
    // What stands under /v1 is guarded with the rest of it.
    app.route(path, serveGuessed(path, dialects, scorerOf, path.startsWith('/v1/') ? [] : guards))
  }
  return app
}

/** Samples on a run's URL are rewarded as the run says, all others as their own URL does. */
function createScorer({ runs, afterAnswer }: Platform, { rewards, rubrics, metaRubrics }: Judging): ScorerOf {
  const scoreOnRun = createRunScorer({ runs, afterAnswer, rewards, rubrics, metaRubrics })
  return (asked) => {
    if (asked.run !== null) return scoreOnRun(asked, asked.run)
    refuseOutsideRun(asked.settings)
    const judge = asked.once ? insist(rewards, asked.signal) : rewards
    return (samples) => scoreSamples(samples, asked.settings, judge, asked.call)
  }
}
