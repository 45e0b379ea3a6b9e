import * as z from 'zod'
import { HEALTH_PATHS, MODEL_PATHS } from '../inference/beside.ts'
import { aggregate, resourcesSession, rolledOut } from '../rlhf/nemo-gym-session.ts'
import { CHAT } from './openapi-chat.ts'
import type { Operation, Operations } from './openapi-operation.ts'

const health: Operation = {
  summary: 'Whether the service is up; no key is needed.',
  tag: 'inference',
  reply: z.object({ status: z.literal('ok') }),
}

const session = (summary: string): Operation => ({
  ...{ summary, tag: 'rlhf', body: resourcesSession, reply: resourcesSession },
})

/** What clients of inference servers and of NeMo-Gym ask for beside rewards. */
export const BESIDE: Operations = {
  ...Object.fromEntries(HEALTH_PATHS.map((path) => [path, { get: health }])),
  ...Object.fromEntries(MODEL_PATHS.map((path) => [path, CHAT['/v1/models'] ?? {}])),
  '/rlhf/nemo-gym/seed_session': { post: session('NeMo-Gym: nothing is kept between calls.') },
  '/rlhf/nemo-gym/close_session': { post: session('NeMo-Gym: nothing is kept between calls.') },
  '/rlhf/nemo-gym/reverify_mode': {
    get: { summary: 'NeMo-Gym: /verify may be called again.', tag: 'rlhf', reply: z.literal('stateless') },
  },
  '/rlhf/nemo-gym/aggregate_metrics': {
    post: { summary: 'NeMo-Gym: statistics of rewards.', tag: 'rlhf', body: rolledOut, reply: aggregate },
  },
}
