import { PlumblineError } from '../../../protocol/error.ts'
import type { RewardRequest } from '../../../protocol/reward.ts'
import type { Group } from '../group.ts'
import { active } from './active.ts'
import { againstOne } from './against-one.ts'
import { all } from './all.ts'
import { circular } from './circular.ts'
import { knockout } from './knockout.ts'
import type { Plan } from './plan.ts'
import { swiss } from './swiss.ts'

/** The plans that compare a group with itself. */
const AMONG = { all, circular, swiss, knockout, active } as const

type Compared = Pick<RewardRequest, 'anchor' | 'shaping' | 'inconsistent' | 'fit' | 'budget' | 'orders'>

/** Throws `invalid_request` for settings of a comparison that do not go together, whatever the group. */
export function refuseUnfit({ anchor, shaping, inconsistent, fit, budget, orders }: Compared): void {
  if (inconsistent !== undefined && shaping !== 'brpo')
    throw invalid(
      'inconsistent belongs to shaping "brpo": add that, or leave inconsistent out.',
      'inconsistent',
    )
  if (budget !== undefined && anchor !== 'active')
    throw invalid('budget belongs to anchor "active": add that, or leave budget out.', 'budget')
  if (shaping === 'brpo' && (isAmong(anchor) || fit !== undefined))
    throw invalid(
      'shaping "brpo" compares with one anchor and fits nothing: leave out fit, and give anchor "random", {"index": ...} or {"response": ...}.',
      'shaping',
    )
  if (shaping === 'brpo' && (orders === 'forward' || orders === 'backward'))
    throw invalid(
      'shaping "brpo" asks whether both orders agree: leave orders out, or give "strict", "mean" or "compat".',
      'orders',
    )
}

const isAmong = (anchor: RewardRequest['anchor']): anchor is keyof typeof AMONG =>
  typeof anchor === 'string' && Object.hasOwn(AMONG, anchor)

/** The plan that a request asks for and, where all are compared with one, its place. Throws `invalid_request`. */
export function planOf(request: RewardRequest, group: Group): { plan: Plan; against: number | null } {
  refuseUnfit(request)
  const { anchor, budget } = request
  const links = group.texts.length - 1
  if (budget !== undefined && budget < links)
    throw invalid(
      `budget is ${budget}, but it takes ${links} comparisons to connect these responses: give at least that.`,
      'budget',
    )
  if (isAmong(anchor)) return { plan: AMONG[anchor], against: null }
  const against = placeOfAnchor(request, group)
  return { plan: againstOne(against), against }
}

function placeOfAnchor({ anchor = 'random', responses }: RewardRequest, group: Group): number {
  if (anchor === 'greedy')
    throw invalid(
      'anchor "greedy" is the response that your policy gives greedily, which only you can make: send it as anchor {"response": "..."}.',
      'anchor',
    )
  if (typeof anchor !== 'object') return 0
  if ('response' in anchor) return group.texts.indexOf(anchor.response)
  const place = group.placeOf[anchor.index]
  if (place !== undefined) return place
  const message = `anchor.index is ${anchor.index}, but there are ${responses.length} responses: give 0 to ${responses.length - 1}.`
  throw invalid(message, 'anchor.index')
}

const invalid = (message: string, param: string) => new PlumblineError('invalid_request', message, { param })
