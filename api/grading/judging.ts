import type { JudgingDeps } from '../chat/judges/judge-question.ts'
import { createMetaRubrics } from '../governance/meta-rubrics.ts'
import { createCounter } from '../judging/counter.ts'
import { createRewards } from '../judging/rewards.ts'
import { createRubrics } from '../judging/rubrics.ts'
import { createTally } from '../metrics/tally.ts'
import { withWorkers } from '../models/remote-verifier.ts'
import type { Platform } from '../platform/platform.ts'

/** Judging for work that goes on without the app, such as eval runs. */
export function createJudging(platform: Platform): JudgingDeps {
  const { config, fetch, sandbox } = platform
  const metaRubrics = createMetaRubrics(platform)
  const counter = createCounter(platform, createRubrics(platform), metaRubrics, createTally())
  const verifying = withWorkers(sandbox, config.models, { fetch, environment: config.environment })
  return { counter, rewards: createRewards(counter, metaRubrics, verifying) }
}
