import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { JudgeSettings } from '../../../shared/protocol/training/judge.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { workerMemory } from '../../server/memory.ts'
import type { Ground } from '../ground.ts'
import { emptyByRule } from './empty-completion.ts'
import { failingToNull } from './failed-judgment.ts'
import { ownJudge } from './own-judge.ts'
import { samplerModel } from './sampler-model.ts'
import type { ServiceAddress } from './service-call.ts'
import { serviceJudge } from './service-judge.ts'

/** What rewards a policy from outside its run. */
export type Rewarding = Pick<RewardContext, 'judge' | 'sandbox'>

export type RewardingParts = {
  ground: Pick<Ground, 'info' | 'sampler'>
  /** Null where no service is configured. */
  service: ServiceAddress | null
  sandbox?: RewardContext['sandbox']
}

/** Of the fences around completions; in service they are others, so that a policy can't learn them. */
const SECRET = 'judging in training'

/**
 * The judge that the settings ask for, over the frozen model or at a service. What it fails at is a judgment without a
 * winner; an empty completion is judged by rule.
 */
export function openRewarding(
  settings: JudgeSettings,
  { ground, service, sandbox }: RewardingParts,
): Rewarding {
  const given = sandbox ? { sandbox } : {}
  const { info, sampler } = ground
  const model = samplerModel(sampler, { identity: `${info.id}@${info.digest}`, role: null })
  const judge =
    settings.at === 'worker'
      ? ownJudge(model, { secret: SECRET, memory: workerMemory(), ...given })
      : serviceJudge(requireService(service))
  return { judge: emptyByRule(failingToNull(judge)), ...given }
}

function requireService(service: ServiceAddress | null): ServiceAddress {
  if (service) return service
  throw new PlumblineError(
    'not_configured',
    'judge.at is "service", but the worker has no PLUMBLINE_URL: set it where the worker starts, or judge at the worker.',
    { param: 'judge.at' },
  )
}
