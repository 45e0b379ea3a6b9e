import { Hono } from 'hono'
import { answerRun, answerValidate, graderIn } from '../../../shared/graders/answer.ts'
import type { JudgingDeps } from '../../chat/judges/judge-question.ts'
import { requireModels, surroundingsAt } from '../../grading/surroundings.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Platform } from '../../platform/platform.ts'
import { readJson } from '../body.ts'

/** `/v1/fine_tuning/alpha/graders`: run one on a sample, or only look whether it could run. */
export function graderRoutes(platform: Platform, judging: JudgingDeps) {
  return new Hono<Edge>()
    .post('/run', async (c) => {
      const call = c.get('call')
      const body = await readJson(c)
      await requireModels(platform, call.organisation, [graderIn(body)])
      const surroundings = surroundingsAt(platform, judging, call, c.get('trace'))
      return c.json(await answerRun(body, surroundings, platform.now))
    })
    .post('/validate', async (c) => c.json(answerValidate(await readJson(c))))
}
