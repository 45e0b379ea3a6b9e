import { type Context, Hono } from 'hono'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { bodyField, fieldText } from '../../dialects/body-field.ts'
import { describeDialect } from '../../dialects/describe.ts'
import { groupSamples } from '../../dialects/group-samples.ts'
import type { Sample, Scored } from '../../dialects/sample.ts'
import type { ScorerOf } from '../../dialects/serve-dialect.ts'
import { type DialectSettings, readSettings } from '../../dialects/settings.ts'
import { createSubmissions, type Submitted } from '../../dialects/submissions.ts'
import { readPrompt, withoutClosing } from '../../dialects/templated-text.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Platform } from '../../platform/platform.ts'
import { inTime } from '../../waiting/in-time.ts'
import { readAnyBody, readJson } from '../body.ts'
import {
  ROLL_CODES,
  type RollResult,
  type RollSubmission,
  rollPoll,
  rollSubmission,
} from './roll-protocol.ts'

/** A poll waits this long for a judgment that is nearly there; ROLL polls every 2 s and gives a call 20 s. */
const POLL_MS = 1000
/** How long ROLL polls for one sample. */
const PATIENCE_MS = 300_000

/** What `GET` on the URL of submissions says. */
export const ROLL = {
  name: 'roll',
  client:
    "ROLL: reward_system_config's submit_url and get_result_url, /rlhf/roll/submit and /rlhf/roll/result",
  example: {
    request: {
      data_id: '1',
      rollout_id: 'r',
      prompt: '2+2?',
      response: '4',
      reward_info: { ground_truth: '4' },
    },
    reply: (reward: number) => ({
      errcode: ROLL_CODES.done,
      reward_score: reward,
      dimention_reward_score: {},
    }),
  },
}

/**
 * `/rlhf/roll/submit` and `/rlhf/roll/result`: what ROLL's RemoteRewardSystemWorker calls. A submission is answered at once
 * and judged behind the answer; a poll asks for the same judgment again, so that it joins the one under way, reads the one
 * in the record, or has it made where a process ended before. What has failed is said so, and tried again at the next poll.
 */
export function rollRoutes(platform: Platform, scorerOf: ScorerOf) {
  const submissions = createSubmissions(platform)

  function score({ sample, settings, run }: Submitted, c: Context<Edge>): Promise<Scored[]> {
    const asked = { settings, run, call: c.get('call'), patienceMs: PATIENCE_MS, once: false }
    return scorerOf({ ...asked, signal: new AbortController().signal })([sample])
  }

  async function poll(c: Context<Edge>): Promise<Response> {
    const { reward_request_id: id } = parseWith(rollPoll, await pollOf(c))
    const found = await submissions.find(c.get('call').organisation, id)
    // The URL of a run, which a token may be bound to, gives out what was submitted to that run alone.
    const run = c.req.param('run')
    const submitted = run === undefined || found?.run === run ? found : null
    if (submitted === null) return c.json(failed(`Nothing was submitted as '${id}': submit it again.`, []))
    return c.json(await resultOf(submitted.created, inTime(score(submitted, c), POLL_MS), platform.now))
  }

  return new Hono<Edge>()
    .get('/submit', (c) => c.json(describeDialect(ROLL, c.req.url, settingsOf(c))))
    .post('/submit', async (c) => {
      const settings = settingsOf(c)
      const sample = toSample(parseWith(rollSubmission, await readJson(c)), settings)
      const run = c.req.param('run') ?? null
      // What its URL can't reward is refused now, and not at every poll.
      if (run === null) groupSamples([sample], settings)
      const submitted = { sample, settings, run }
      const id = await submissions.submit(c.get('call').organisation, submitted)
      platform.afterAnswer(score(submitted, c))
      return c.json({ errcode: ROLL_CODES.done, reward_request_id: id })
    })
    .get('/result', poll)
    .post('/result', poll)
}

const settingsOf = (c: Context<Edge>) => readSettings(c.req.query(), ['label'])

/** The body where the runtime gives that of a GET, else the query. */
async function pollOf(c: Context<Edge>): Promise<unknown> {
  const id = c.req.query('reward_request_id')
  if (id !== undefined) return { reward_request_id: id }
  const body = await readAnyBody(c)
  if (body !== null) return body
  throw new PlumblineError(
    'invalid_request',
    "'reward_request_id' is missing: send it as JSON in the body, or in the query where a proxy or a runtime drops the body of a GET.",
    { param: 'reward_request_id' },
  )
}

function toSample(body: RollSubmission, settings: DialectSettings): Sample {
  const { data_id: data = null, rollout_id: rollout = null } = body
  const labelParam = settings.label ?? 'reward_info.ground_truth'
  const { prompt, begun } = readPrompt(body.prompt.toWellFormed())
  return {
    index: 0,
    id: data === null && rollout === null ? null : `${data ?? ''}/${rollout ?? ''}`,
    prompt,
    response: withoutClosing(begun + body.response.toWellFormed()),
    label: fieldText(bodyField(body, labelParam)),
    labelParam,
  }
}

async function resultOf(created: number, work: Promise<Scored[]>, now: () => number): Promise<RollResult> {
  try {
    const [scored] = await work
    const { reward = null, judgments = [], substituted = false, error = null } = scored ?? {}
    if (reward === null) return failed(error?.message ?? 'Its judgment has no score.', judgments)
    return {
      errcode: ROLL_CODES.done,
      reward_score: reward,
      dimention_reward_score: {},
      start_time: new Date(created).toISOString(),
      end_time: new Date(now()).toISOString(),
      judgments,
      substituted,
    }
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    if (error.code === 'deadline_exceeded')
      return { errcode: ROLL_CODES.running, message: 'It is being judged.' }
    return failed(error.message, [])
  }
}

function failed(message: string, judgments: string[]): RollResult {
  return { errcode: ROLL_CODES.failed, message, judgments }
}
