import { Hono, type MiddlewareHandler } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { createChat } from './chat/chat.ts'
import { createAnswerByJudge } from './chat/judges/answer-by-judge.ts'
import { refuseAsAnthropic } from './chat/messages/refusal.ts'
import { createMetaRubrics } from './governance/meta-rubrics.ts'
import { createProposals } from './governance/proposals.ts'
import { createPublishing } from './governance/publishing.ts'
import { createCounter } from './judging/counter.ts'
import { createRewards } from './judging/rewards.ts'
import { createRubrics } from './judging/rubrics.ts'
import { createTally } from './metrics/tally.ts'
import { readUrl } from './middleware/address.ts'
import { authenticate } from './middleware/authenticate.ts'
import { countRequests } from './middleware/count.ts'
import { deadline } from './middleware/deadline.ts'
import type { Edge } from './middleware/edge.ts'
import { answerThrown, onError, onMethodNotAllowed, onNotFound } from './middleware/errors.ts'
import { limitBody } from './middleware/limit.ts'
import { takeForCall } from './middleware/take-judgment.ts'
import { traceRequests } from './middleware/trace.ts'
import { withWorkers } from './models/remote-verifier.ts'
import { LIMITS } from './platform/limits.ts'
import type { Platform } from './platform/platform.ts'
import { messageRoutes } from './routes/anthropic/messages.ts'
import { dialectsAt, GUESSED } from './routes/guessed.ts'
import { healthRoutes } from './routes/inference/beside.ts'
import { judgmentRoutes } from './routes/native/judgments.ts'
import { proposalRoutes } from './routes/native/meta-rubric-proposals.ts'
import { metaRubricRoutes } from './routes/native/meta-rubrics.ts'
import { metricsRoutes } from './routes/native/metrics.ts'
import { publicRoutes } from './routes/native/public.ts'
import { rewardRoutes } from './routes/native/rewards.ts'
import { rubricRoutes } from './routes/native/rubrics.ts'
import { runGroupRoutes } from './routes/native/run-groups.ts'
import { runRoutes } from './routes/native/runs.ts'
import { tokenRoutes } from './routes/native/tokens.ts'
import { usageRoutes } from './routes/native/usage.ts'
import { verifierRoutes } from './routes/native/verifiers.ts'
import { verifyRoutes } from './routes/native/verify.ts'
import { chatCompletionRoutes } from './routes/openai/chat-completions.ts'
import { evalRoutes } from './routes/openai/evals/evals.ts'
import { evalImportRoutes } from './routes/openai/evals/imports.ts'
import { fileRoutes } from './routes/openai/files.ts'
import { jobRoutes } from './routes/openai/fine-tuning/jobs.ts'
import { graderRoutes } from './routes/openai/graders.ts'
import { modelRoutes } from './routes/openai/models.ts'
import { responseRoutes } from './routes/openai/responses.ts'
import { limitBatch, rewardUrls } from './routes/reward-urls.ts'
import { NEMO_GYM_PATHS } from './routes/rlhf/nemo-gym-session.ts'
import { createRuns } from './runs/runs.ts'
import { readAddress } from './tokens/address.ts'
import { CHAT_PATHS } from './tokens/reach.ts'
import { createTokens } from './tokens/tokens.ts'
import { createFiles } from './training/files.ts'
import { createJobs } from './training/jobs.ts'
import { createResultFiles } from './training/result-files.ts'

/** The edge: one app on web standards, whatever it runs on. */
export function createApp(platform: Platform): Hono<Edge> {
  const tally = createTally()
  const rubrics = createRubrics(platform)
  const metaRubrics = createMetaRubrics(platform)
  const counter = createCounter(platform, rubrics, metaRubrics, tally)
  const { config, fetch } = platform
  const sandbox = withWorkers(platform.sandbox, config.models, {
    fetch,
    environment: config.environment,
  })
  const rewards = createRewards(counter, metaRubrics, sandbox)
  const app = new Hono<Edge>({ getPath: ({ url }) => readAddress(url).path })

  app.onError(onError)
  app.notFound(onNotFound)
  app.use(
    requestId(),
    countRequests(tally),
    readUrl(new Set([...Object.keys(GUESSED), ...NEMO_GYM_PATHS])),
    answerThrown,
  )
  app.use('/v1/messages', refuseAsAnthropic)
  app.use(methodNotAllowed({ app, onMethodNotAllowed }))

  app.route('/', publicRoutes(platform))
  app.route('/metrics', metricsRoutes(platform.config, tally))
  app.route('/', healthRoutes())

  const traced = platform.tracer ? [traceRequests(platform.tracer)] : []
  const known = authenticate(platform)
  app.use('/v1/*', known, ...traced, limitOwnBody, deadline)

  app.route('/v1/judgments', judgmentRoutes(counter))
  app.route('/v1/rewards', rewardRoutes(rewards))
  app.route('/v1/verify', verifyRoutes(sandbox))
  app.route('/v1/verifiers', verifierRoutes(platform, sandbox))
  app.route('/v1/rubrics', rubricRoutes(rubrics))
  const publishing = createPublishing(platform, metaRubrics, counter)
  app.route('/v1/meta-rubrics', metaRubricRoutes(metaRubrics, publishing))
  app.route('/v1/meta-rubrics', proposalRoutes(createProposals(platform, metaRubrics, publishing, counter)))
  app.route('/v1/usage', usageRoutes(platform))
  const runs = createRuns(platform.runs, rubrics)
  app.route('/v1/runs', runRoutes(runs))
  app.route('/v1/runs', runGroupRoutes(runs, platform.runs))
  app.route('/v1/tokens', tokenRoutes(createTokens(platform, runs)))
  app.route('/v1/models', modelRoutes(platform))
  for (const path of CHAT_PATHS) app.use(path, takeForCall(platform))
  const chat = createChat(platform, createAnswerByJudge({ counter, rewards }))
  app.route('/v1/chat/completions', chatCompletionRoutes(chat))
  app.route('/v1/responses', responseRoutes(chat))
  app.route('/v1/messages', messageRoutes(chat))
  const files = createFiles(platform)
  app.route('/v1/files', fileRoutes(files, createResultFiles(platform)))
  app.route('/v1/evals', evalRoutes(platform, files))
  app.route('/v1/eval_imports', evalImportRoutes(platform))
  app.route('/v1/fine_tuning/alpha/graders', graderRoutes(platform, { counter, rewards }))
  app.route('/v1/fine_tuning/jobs', jobRoutes(createJobs(platform, files), platform))
  app.route('/', rewardUrls(platform, { rewards, rubrics, metaRubrics }, [known, ...traced]))
  return app
}

const ofTexts = limitBody(LIMITS.bodyBytes)
const ofFiles = limitBody(
  LIMITS.fileBytes,
  () =>
    'send a larger file straight to the /v1/files of the worker that is to train on it, and name its id in the job',
)

/** A file, or the batch of a trainer, may be larger than any other body of the API. */
const limitOwnBody: MiddlewareHandler<Edge> = (c, next) => {
  if (/^\/v1\/files\/?$/.test(c.req.path)) return ofFiles(c, next)
  return (dialectsAt(c.req.path).length > 0 ? limitBatch : ofTexts)(c, next)
}
